using System.Text.Json;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>The few properties of an Observation or event that decide how it is sent.</summary>
/// <param name="EventId">The event's id as written; <see langword="null"/> for an Observation.</param>
/// <param name="ResourceType">The resource's type; <see langword="null"/> for an event.</param>
/// <param name="Subject">The patient as <c>Patient/ID</c>, where one is referred to.</param>
/// <param name="IsStat">Whether the event's priority is <c>stat</c>.</param>
internal sealed record EventHead(string? EventId, string? ResourceType, string? Subject, bool IsStat)
{
    // The worker judges how deep is too deep.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1 << 20 };

    /// <summary>Reads the head, and the rest as far as to know that all of it is JSON.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static EventHead Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        var head = new EventHead(null, null, null, false);
        string? subject = null;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == 1)
            {
                head =
                    reader.ValueTextEquals("eventId"u8) ? head with { EventId = Text(ref reader) ?? "" }
                    : reader.ValueTextEquals("resourceType"u8) ? head with { ResourceType = Text(ref reader) }
                    : reader.ValueTextEquals("priority"u8) ? head with { IsStat = Text(ref reader) == "stat" }
                    : head;
            }

            // Either the Observation's own, or that of the Observation in an event.
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 or 2 } && reader.ValueTextEquals("subject"u8))
            {
                subject ??= ReadReference(ref reader);
            }
        }

        return head with { Subject = subject };
    }

    private static string? ReadReference(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 1 && reader.ValueTextEquals("reference"u8))
            {
                return Text(ref reader);
            }
        }

        return null;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        try
        {
            return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("A text is not UTF-8.");
        }
    }
}
