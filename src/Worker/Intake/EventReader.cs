using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Runtime.InteropServices;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Intake;

/// <summary>Event body to <see cref="EcgEvent"/>, or a refusal with reasons; never throws, whatever the bytes.</summary>
internal static class EventReader
{
    public const string UnknownSource = "unknown";
    /// <summary>The sender of what a replay records; nobody else may pass for it.</summary>
    public const string OwnSource = "replay";

    private const int LongestSourceSystem = 200;

    public static bool TryRead(
        ReadOnlyMemory<byte> body,
        string routingKey,
        int maxBytes,
        [NotNullWhen(true)] out EcgEvent? ecgEvent,
        [NotNullWhen(false)] out RefusedEvent? refused)
    {
        var keyPriority = EventNames.PriorityOf(routingKey);
        body = WithoutMark(body);
        var (eventId, problems) = EventScan.Scan(body.Span, maxBytes);
        if (problems.Count > 0 || eventId is not { } id)
        {
            ecgEvent = null;
            refused = new RefusedEvent(eventId ?? DeriveId(body.Span), eventId is not null, UnknownSource, keyPriority, problems);
            return false;
        }

        var reasons = new List<Reason>();
        var source = UnknownSource;
        try
        {
            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { MaxDepth = EventScan.MaxDepth + 1, AllowDuplicateProperties = false });
            ecgEvent = ReadFields(document.RootElement, body, id, keyPriority, reasons);
            if (routingKey == EventNames.Replay)
            {
                // What is read again was read once: it must not stand in a new stat ECG's way.
                ecgEvent = ecgEvent with { Priority = EventPriority.Routine };
            }

            source = ecgEvent.SourceSystem;
        }
        catch (JsonException)
        {
            // The scan has found the body to be JSON of allowed depth: only a repeated property is left.
            ecgEvent = null;
            reasons.Add(EventReasons.DuplicateProperty.At(null));
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate, in a name or in a field that is read.
            ecgEvent = null;
            reasons.Add(StorageReasons.InvalidText.At(null));
        }

        refused = reasons.Count == 0 ? null : new RefusedEvent(id, EventIdUsable: true, source, keyPriority, reasons);
        if (refused is not null)
        {
            ecgEvent = null;
        }

        return refused is null;
    }

    /// <summary>The event's own id, or the one derived from a body that has no usable one.</summary>
    public static (Guid EventId, bool Usable) IdOf(ReadOnlyMemory<byte> body)
    {
        body = WithoutMark(body);
        var (eventId, _) = EventScan.Scan(body.Span, int.MaxValue);
        return (eventId ?? DeriveId(body.Span), eventId is not null);
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    /// <summary>The same body gives the same id, so that a redelivery finds its own entry in the ledger.</summary>
    public static Guid DeriveId(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static EcgEvent ReadFields(
        JsonElement root, ReadOnlyMemory<byte> body, Guid eventId, EventPriority keyPriority, List<Reason> reasons)
    {
        var source = ReadSourceSystem(root, reasons);
        var occurredAt = ReadOccurredAt(root, reasons);
        var priority = ReadPriority(root, keyPriority, reasons);
        var hasObservation = root.TryGetProperty("observation", out var observation) && observation.ValueKind != JsonValueKind.Null;
        var hasReference = root.TryGetProperty("reference", out var reference) && reference.ValueKind != JsonValueKind.Null;
        ReadOnlyMemory<byte> content = default;
        string? storedId = null;
        switch (hasObservation, hasReference)
        {
            case (true, true):
                reasons.Add(EventReasons.ObservationAmbiguous.At("observation"));
                break;
            case (false, false):
                reasons.Add(EventReasons.ObservationMissing.At("observation"));
                break;
            case (true, _) when observation.ValueKind != JsonValueKind.Object:
                reasons.Add(EventReasons.FieldInvalid.At("observation", "observation"));
                break;
            case (true, _):
                content = Slice(body, observation);
                break;
            default:
                storedId = ReadReference(reference, reasons);
                break;
        }

        return new EcgEvent(eventId, source, occurredAt, priority, content, storedId);
    }

    private static string ReadSourceSystem(JsonElement root, List<Reason> reasons)
    {
        if (!root.TryGetProperty("sourceSystem", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return UnknownSource;
        }

        if (value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 and <= LongestSourceSystem } source
            && !source.Any(char.IsControl)
            && !source.Equals(OwnSource, StringComparison.OrdinalIgnoreCase))
        {
            return source;
        }

        reasons.Add(EventReasons.FieldInvalid.At("sourceSystem", "sourceSystem"));
        return UnknownSource;
    }

    private static DateTimeOffset? ReadOccurredAt(JsonElement root, List<Reason> reasons)
    {
        if (!root.TryGetProperty("occurredAt", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String
            && value.GetString() is { } text
            && HasOffset(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return at;
        }

        reasons.Add(EventReasons.FieldInvalid.At("occurredAt", "occurredAt"));
        return null;
    }

    private static bool HasOffset(string iso8601)
    {
        var time = iso8601.IndexOf('T', StringComparison.Ordinal);
        return time > 0 && (iso8601.EndsWith('Z') || iso8601.AsSpan(time).IndexOfAny('+', '-') > 0);
    }

    /// <summary>The more urgent of body and routing key counts: neither can slow a stat ECG down.</summary>
    private static EventPriority ReadPriority(JsonElement root, EventPriority keyPriority, List<Reason> reasons)
    {
        if (!root.TryGetProperty("priority", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return keyPriority;
        }

        if (value.ValueKind == JsonValueKind.String && WireName.TryParse<EventPriority>(value.GetString(), out var priority))
        {
            return priority > keyPriority ? priority : keyPriority;
        }

        reasons.Add(EventReasons.FieldInvalid.At("priority", "priority"));
        return keyPriority;
    }

    private static string? ReadReference(JsonElement reference, List<Reason> reasons)
    {
        const string prefix = "Observation/";
        if (reference.ValueKind == JsonValueKind.String
            && reference.GetString() is { } text
            && text.StartsWith(prefix, StringComparison.Ordinal)
            && ResourceId.IsValid(text[prefix.Length..]))
        {
            return text[prefix.Length..];
        }

        reasons.Add(EventReasons.ReferenceInvalid.At("reference"));
        return null;
    }

    /// <summary>The element's own bytes within the body: what the sender wrote, to the digit.</summary>
    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> body, JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        body.Span.Overlaps(raw, out var offset);
        return body.Slice(offset, raw.Length);
    }
}
