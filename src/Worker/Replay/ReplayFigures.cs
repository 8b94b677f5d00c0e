using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Fhir;

namespace EcgIntegration.Worker.Replay;

/// <summary>A preview, and what came of each ECG, as Parameters resources.</summary>
internal static class ReplayFigures
{
    /// <summary>What a replay would take.</summary>
    public static ReadOnlyMemory<byte> Write(ReplayPreview preview) => Parameters(writer =>
    {
        Add(writer, "count", () => writer.WriteNumber("valueUnsignedInt", preview.Count));
        foreach (var (status, count) in preview.ByStatus)
        {
            Parts(writer, "by-status", () =>
            {
                Add(writer, "status", () => writer.WriteString("valueCode", status));
                Add(writer, "count", () => writer.WriteNumber("valueUnsignedInt", count));
            });
        }

        if (preview.PerMinute is { } pace)
        {
            Add(writer, "per-minute", () => writer.WriteNumber("valueDecimal", Math.Round((decimal)pace, 1)));
            Add(writer, "estimated-seconds", () => writer.WriteNumber("valueUnsignedInt", (int)Math.Ceiling(preview.Count * 60 / pace)));
        }

        foreach (var candidate in preview.First)
        {
            Parts(writer, "ecg", () =>
            {
                Observation(writer, candidate.Observation);
                Add(writer, "source-event", () => writer.WriteString("valueId", candidate.EventId));
                Add(writer, "received", () => writer.WriteString("valueInstant", Moment(candidate.ReceivedAt)));
                Codes(writer, candidate.Status, candidate.Urgency, []);
            });
        }
    });

    /// <summary>What came of ECGs.</summary>
    /// <param name="lines">The ECGs.</param>
    /// <param name="next">Address of the page that follows.</param>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ReplayLine> lines, string? next) => Parameters(writer =>
    {
        Add(writer, "shown", () => writer.WriteNumber("valueUnsignedInt", lines.Count));
        foreach (var line in lines)
        {
            Parts(writer, "ecg", () => WriteLine(writer, line));
        }

        if (next is not null)
        {
            Add(writer, "next", () => writer.WriteString("valueUri", next));
        }
    });

    private static void WriteLine(Utf8JsonWriter writer, ReplayLine line)
    {
        Add(writer, "ordinal", () => writer.WriteNumber("valuePositiveInt", line.Ordinal));
        Observation(writer, line.Observation);
        Add(writer, "source-event", () => writer.WriteString("valueId", line.SourceEventId));
        Add(writer, "event", () => writer.WriteString("valueId", line.EventId));
        if (line.Finding is not { } finding)
        {
            return;
        }

        Add(writer, "result", () => writer.WriteString("valueCode", WireName.Of(finding.Result)));
        if (line.BecameUrgent || line.CeasedUrgent)
        {
            Add(writer, "effect", () => writer.WriteString("valueCode", line.BecameUrgent ? "became-urgent" : "ceased-urgent"));
        }

        Side("before", finding.Before);
        Side("after", finding.After);
        Add(writer, "written", () => writer.WriteBoolean("valueBoolean", finding.Written));
        if (finding.StudyId is { } study)
        {
            Add(writer, "study", () => writer.WriteString("valueId", study));
        }

        if (finding.Reason is { } reason)
        {
            Parts(writer, "reason", () =>
            {
                Add(writer, "code", () => writer.WriteString("valueCode", reason.Code));
                Add(writer, "ja", () => writer.WriteString("valueString", reason.Ja));
                Add(writer, "en", () => writer.WriteString("valueString", reason.En));
            });
        }

        if (line.DoneAt is { } done)
        {
            Add(writer, "done", () => writer.WriteString("valueInstant", Moment(done)));
        }

        void Side(string name, ReplaySide? side)
        {
            if (side is not null)
            {
                Parts(writer, name, () => Codes(writer, side.Status, side.Urgency, side.Codes));
            }
        }
    }

    private static void Observation(Utf8JsonWriter writer, string? observation)
    {
        if (observation is not null)
        {
            Add(writer, "observation", () =>
            {
                writer.WriteStartObject("valueReference");
                writer.WriteString("reference", observation);
                writer.WriteEndObject();
            });
        }
    }

    private static void Codes(Utf8JsonWriter writer, StudyStatus status, Urgency? urgency, IReadOnlyList<string> codes)
    {
        Add(writer, "status", () => writer.WriteString("valueCode", WireName.Of(status)));
        if (urgency is { } given)
        {
            Add(writer, "urgency", () => writer.WriteString("valueCode", WireName.Of(given)));
        }

        foreach (var code in codes)
        {
            Add(writer, "code", () => writer.WriteString("valueCode", code));
        }
    }

    private static ReadOnlyMemory<byte> Parameters(Action<Utf8JsonWriter> write) => FhirResult.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Parameters");
        writer.WriteStartArray("parameter");
        write(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void Parts(Utf8JsonWriter writer, string name, Action parts) => Add(writer, name, () =>
    {
        writer.WriteStartArray("part");
        parts();
        writer.WriteEndArray();
    });

    private static void Add(Utf8JsonWriter writer, string name, Action value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        value();
        writer.WriteEndObject();
    }

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
