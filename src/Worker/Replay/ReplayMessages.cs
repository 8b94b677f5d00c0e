using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Replay;

/// <summary>Reads what comes over the replay queue; never throws, whatever the bytes.</summary>
internal static class ReplayMessages
{
    /// <summary>What an event says of itself and not of the replay.</summary>
    private static readonly string[] EventFields = ["eventId", "sourceSystem", "occurredAt"];

    /// <summary>A ticket and nothing else: <c>{"jobId": …, "ordinal": …}</c>.</summary>
    public static bool TryReadTicket(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out ReplayTicket? ticket)
    {
        ticket = null;
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 2 });
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.EnumerateObject().Count() == 2
                && root.TryGetProperty("jobId", out var job) && job.ValueKind == JsonValueKind.String && job.TryGetGuid(out var id)
                && root.TryGetProperty("ordinal", out var place) && place.ValueKind == JsonValueKind.Number && place.TryGetInt32(out var ordinal))
            {
                ticket = new ReplayTicket(id, ordinal);
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return ticket is not null;
    }

    /// <summary>The parameters of a wish for a replay, or a reason why it is none.</summary>
    /// <param name="body">What was sent.</param>
    /// <param name="server">This server's base URLs: a patient below one of them is one of its own.</param>
    /// <param name="values">Names and values.</param>
    /// <param name="reason">What is wrong.</param>
    public static bool TryReadParameters(
        ReadOnlyMemory<byte> body,
        ServerBase server,
        out IReadOnlyList<KeyValuePair<string, string>> values,
        [NotNullWhen(false)] out Reason? reason)
    {
        values = [];
        reason = ReplayReasons.BodyInvalid.At(null);
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            var read = IsParameters(root)
                ? [.. root.TryGetProperty("parameter", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(FhirParameter) : []]
                : root.EnumerateObject().Where(property => !EventFields.Contains(property.Name, StringComparer.Ordinal))
                    .Select(property => Pair(property.Name, property.Value)).ToList();
            if (read.Contains(null))
            {
                return false;
            }

            values = [.. read.Select(pair => pair!.Value).Select(pair =>
                pair.Key == ReplayParameter.Patient.Name ? new(pair.Key, server.Relative(pair.Value)) : pair)];
            reason = null;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a surrogate in a text is found only when the text is read.
            reason = ReplayReasons.BodyInvalid.At(null);
            return false;
        }
    }

    private static bool IsParameters(JsonElement root) =>
        root.TryGetProperty("resourceType", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("Parameters"u8);

    /// <summary>Name and the one value, of whichever type.</summary>
    private static KeyValuePair<string, string>? FhirParameter(JsonElement parameter)
    {
        if (parameter.ValueKind != JsonValueKind.Object || !parameter.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var values = parameter.EnumerateObject().Where(property => property.Name.StartsWith("value", StringComparison.Ordinal)).ToList();
        if (values is not [var value])
        {
            return null;
        }

        return value.Value.ValueKind == JsonValueKind.Object ? Composed(name.GetString()!, value.Value) : Pair(name.GetString()!, value.Value);
    }

    /// <summary>A Reference by its reference, an Identifier as <c>system|value</c>.</summary>
    private static KeyValuePair<string, string>? Composed(string name, JsonElement value)
    {
        if (value.TryGetProperty("reference", out var reference) && reference.ValueKind == JsonValueKind.String)
        {
            return new(name, reference.GetString()!);
        }

        var identifier = value.TryGetProperty("identifier", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : value;
        return identifier.TryGetProperty("value", out var number) && number.ValueKind == JsonValueKind.String
            ? new(name, $"{(identifier.TryGetProperty("system", out var system) && system.ValueKind == JsonValueKind.String ? system.GetString() : "")}|{number.GetString()}")
            : null;
    }

    private static KeyValuePair<string, string>? Pair(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new(name, value.GetString()!),
        JsonValueKind.True => new(name, "true"),
        JsonValueKind.False => new(name, "false"),
        JsonValueKind.Number => new(name, value.GetRawText()),
        _ => null,
    };
}
