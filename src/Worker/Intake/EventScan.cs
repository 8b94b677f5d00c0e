using System.Text.Json;
using System.Text.Unicode;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Intake;

/// <summary>
/// A first pass over an event body that holds for any input: whether it is JSON, how deep it goes, and which event id
/// it carries. It neither recurses nor builds a tree, so neither size nor depth can exhaust the process.
/// </summary>
internal static class EventScan
{
    /// <summary>Deepest nesting taken; a contained resource in an Observation needs about a dozen.</summary>
    public const int MaxDepth = 64;

    public static (Guid? EventId, IReadOnlyList<Reason> Reasons) Scan(ReadOnlySpan<byte> body, int maxBytes)
    {
        if (body.IsEmpty)
        {
            return (null, [EventReasons.BodyEmpty.At(null)]);
        }

        var (eventId, reason) = ReadThrough(body);
        if (!Utf8.IsValid(body))
        {
            // Shift_JIS in a name leaves the id readable, and the sender waits for an outcome under it.
            return (eventId, [EventReasons.BodyNotUtf8.At(null)]);
        }

        if (body.Length > maxBytes)
        {
            reason = EventReasons.BodyTooLarge.At(null, body.Length, maxBytes);
        }

        return (eventId, reason is null ? [] : [reason]);
    }

    private static (Guid? EventId, Reason? Reason) ReadThrough(ReadOnlySpan<byte> body)
    {
        Guid? eventId = null;
        var seen = false;
        Reason? idProblem = EventReasons.EventIdMissing.At("eventId");
        var deepest = 0;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return (null, EventReasons.BodyNotJson.At(null, 0));
            }

            while (reader.Read())
            {
                deepest = Math.Max(deepest, reader.CurrentDepth);
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && IsEventId(ref reader))
                {
                    reader.Read();
                    (eventId, idProblem) = ReadId(ref reader, alreadySeen: seen);
                    seen = true;
                }
            }
        }
        catch (JsonException)
        {
            return (eventId, EventReasons.BodyNotJson.At(null, reader.BytesConsumed));
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate is JSON by its grammar, and no text.
            return (eventId, StorageReasons.InvalidText.At(null));
        }

        return (eventId, deepest > MaxDepth ? EventReasons.BodyTooDeep.At(null, deepest, MaxDepth) : idProblem);
    }

    /// <summary>Property names are compared as bytes: a name that is no text is not <c>eventId</c>.</summary>
    private static bool IsEventId(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.ValueTextEquals("eventId"u8);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static (Guid? EventId, Reason? Problem) ReadId(ref Utf8JsonReader reader, bool alreadySeen)
    {
        if (alreadySeen)
        {
            return (null, EventReasons.DuplicateProperty.At("eventId"));
        }

        return reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out var id) && id != Guid.Empty
            ? (id, null)
            : (null, EventReasons.EventIdInvalid.At("eventId"));
    }
}
