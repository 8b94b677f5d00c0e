using System.Text.Json;
using EcgIntegration.Persistence.Writing;

namespace EcgIntegration.Worker.FhirModel;

/// <summary>
/// The base URLs of this server. References below them are stored and searched as relative ones: a resource has one name here, whichever
/// way its client came.
/// </summary>
/// <param name="Urls">Each without a slash at its end.</param>
internal sealed record ServerBase(IReadOnlyList<string> Urls)
{
    /// <summary>The path under which all of FHIR lies.</summary>
    public const string Path = "/fhir";

    /// <summary>What follows the base, or the URL as it is.</summary>
    public string Relative(string url)
    {
        foreach (var known in Urls)
        {
            if (url.Length > known.Length && url[known.Length] == '/' && url.StartsWith(known, StringComparison.OrdinalIgnoreCase))
            {
                return url[(known.Length + 1)..];
            }
        }

        return url;
    }

    /// <summary>A resource in which references to resources of this server are relative, all else byte for byte.</summary>
    /// <param name="json">The resource, UTF-8 JSON. What is wrong with it is told by whoever reads it for good.</param>
    public ReadOnlyMemory<byte> WithRelativeReferences(ReadOnlyMemory<byte> json)
    {
        try
        {
            // Most resources hold none: they are read through, not written anew.
            return HoldsOwn(json.Span) ? new ReferenceRewriter(OwnOrNull, LinkKinds.References).Rewrite(json) : json;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return json;
        }
    }

    private string? OwnOrNull(string reference) =>
        Relative(reference) is var relative && relative.Length < reference.Length && RelativeReference.Parse(relative) is not null ? relative : null;

    private bool HoldsOwn(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = ReferenceRewriter.MaximumDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("reference"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String && OwnOrNull(reader.GetString()!) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
