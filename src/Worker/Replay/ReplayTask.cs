using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Terminology;

namespace EcgIntegration.Worker.Replay;

/// <summary>A replay as a FHIR Task. It is made when it is asked for, names no patient, and is no resource of the store.</summary>
internal static class ReplayTask
{
    public static ReadOnlyMemory<byte> Write(ReplayJob job) => FhirResult.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Task");
        writer.WriteString("id", job.Id);
        writer.WriteStartArray("identifier");
        writer.WriteStartObject();
        writer.WriteString("system", FhirUris.ReplayKey);
        writer.WriteString("value", job.Key);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("status", Status(job));
        writer.WriteString("intent", "order");
        WriteConcept(writer, "code", "replay", job.DryRun ? "心電図の再処理（試行） / Replay of ECGs (dry run)" : "心電図の再処理 / Replay of ECGs");
        writer.WriteString("authoredOn", Moment(job.SubmittedAt));
        writer.WriteString("lastModified", Moment(job.FinishedAt ?? job.StartedAt ?? job.SubmittedAt));
        writer.WriteStartObject("requester");
        writer.WriteString("display", job.RequestedBy);
        writer.WriteEndObject();
        writer.WriteStartArray("note");
        writer.WriteStartObject();
        writer.WriteString("text", job.Why);
        writer.WriteEndObject();
        writer.WriteEndArray();
        WriteInputs(writer, job);
        writer.WriteStartArray("output");
        (string Name, int Count)[] counts =
        [
            ("total", job.Counts.Total), ("done", job.Counts.Done), ("unchanged", job.Counts.Unchanged), ("changed", job.Counts.Changed),
            ("became-urgent", job.Counts.BecameUrgent), ("ceased-urgent", job.Counts.CeasedUrgent), ("failed", job.Counts.Failed),
            ("not-replayable", job.Counts.NotReplayable), ("written", job.Counts.Written),
        ];
        foreach (var (name, count) in counts)
        {
            writer.WriteStartObject();
            WriteConcept(writer, "type", name, null);
            writer.WriteNumber("valueUnsignedInt", count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteInputs(Utf8JsonWriter writer, ReplayJob job)
    {
        writer.WriteStartArray("input");
        Write("selection", () => writer.WriteString("valueString", job.Selection));
        Write("dry-run", () => writer.WriteBoolean("valueBoolean", job.DryRun));
        if (job.ModelSha256 is { } model)
        {
            Write("model", () => writer.WriteString("valueString", model));
        }

        if (job.PerMinute is { } perMinute)
        {
            Write("per-minute", () => writer.WriteNumber("valuePositiveInt", perMinute));
        }

        writer.WriteEndArray();

        void Write(string name, Action value)
        {
            writer.WriteStartObject();
            WriteConcept(writer, "type", name, null);
            value();
            writer.WriteEndObject();
        }
    }

    private static void WriteConcept(Utf8JsonWriter writer, string property, string code, string? text)
    {
        writer.WriteStartObject(property);
        writer.WriteStartArray("coding");
        writer.WriteStartObject();
        writer.WriteString("system", FhirUris.Replay);
        writer.WriteString("code", code);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (text is not null)
        {
            writer.WriteString("text", text);
        }

        writer.WriteEndObject();
    }

    private static string Status(ReplayJob job) => job.State switch
    {
        ReplayState.Running => job.StartedAt is null ? "requested" : "in-progress",
        ReplayState.Paused => "on-hold",
        _ => WireName.Of(job.State),
    };

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
