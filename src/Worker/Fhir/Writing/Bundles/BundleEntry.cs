using System.Runtime.InteropServices;
using System.Text.Json;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary>One entry of a Bundle that was sent.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Method">The method, upper case.</param>
/// <param name="Url">The URL, from the base on.</param>
internal sealed record BundleEntry(int Index, string Method, EntryUrl Url)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];
    private static readonly string[] Known = ["id", "extension", "link", "fullUrl", "resource", "search", "request", "response"];

    public string? FullUrl { get; private init; }

    public string? IfMatch { get; private init; }

    public string? IfNoneExist { get; private init; }

    public string? IfNoneMatch { get; private init; }

    /// <summary>The resource as it was sent; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Resource { get; private init; }

    /// <summary>What it asks for, in the codes of R4's interactions.</summary>
    public string Interaction => (Method, Url) switch
    {
        ("POST", _) => FhirTypes.Create,
        ("PUT", _) => FhirTypes.Update,
        ("DELETE", _) => FhirTypes.Delete,
        (_, { Version: not null }) => FhirTypes.ReadVersion,
        (_, { Id: not null }) => FhirTypes.Read,
        _ => FhirTypes.Search,
    };

    /// <summary>Where the entry stands.</summary>
    public string Place => PlaceOf(Index);

    /// <summary>Reads an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="index">Its place.</param>
    /// <param name="body">The body it is a part of.</param>
    /// <param name="server">This server's base URLs.</param>
    /// <exception cref="WriteRefusedException">It is none.</exception>
    public static BundleEntry Read(JsonElement entry, int index, ReadOnlyMemory<byte> body, ServerBase server)
    {
        var place = PlaceOf(index);
        if (entry.ValueKind != JsonValueKind.Object || entry.EnumerateObject().Any(member => !Known.Contains(member.Name)))
        {
            throw new WriteRefusedException(WriteProblems.ElementUnknown.At(place));
        }

        var request = entry.TryGetProperty("request", out var found) ? found : default;
        var of = $"{place}.request";
        var method = RequestBody.Text(request, "method", of);
        if (method is null || !Methods.Contains(method))
        {
            throw new WriteRefusedException(WriteProblems.BundleEntryInvalid.At($"{place}.request.method", "request.method"));
        }

        var url = EntryUrl.Read(RequestBody.Text(request, "url", of), server)
            ?? throw new WriteRefusedException(WriteProblems.BundleEntryInvalid.At($"{place}.request.url", "request.url"));
        return new(index, method, url)
        {
            FullUrl = RequestBody.Text(entry, "fullUrl", place),
            IfMatch = RequestBody.Text(request, "ifMatch", of),
            IfNoneExist = RequestBody.Text(request, "ifNoneExist", of),
            IfNoneMatch = RequestBody.Text(request, "ifNoneMatch", of),
            Resource = entry.TryGetProperty("resource", out var resource) && resource.ValueKind == JsonValueKind.Object ? Slice(body, resource) : default,
        };
    }

    /// <summary>Where an entry stands.</summary>
    public static string PlaceOf(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Bundle.entry[{index}]");

    /// <summary>The element's own bytes within the body: what the sender wrote, to the digit.</summary>
    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> body, JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        body.Span.Overlaps(raw, out var offset);
        return body.Slice(offset, raw.Length);
    }
}

/// <summary>The URL of an entry, from the base on.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version.</param>
/// <param name="Query">Query string, without its question mark.</param>
internal sealed record EntryUrl(string Type, string? Id, string? Version, string? Query)
{
    /// <summary>Reads one; <see langword="null"/> where it is none of the forms that are taken.</summary>
    public static EntryUrl? Read(string? url, ServerBase server)
    {
        if (string.IsNullOrEmpty(url))
        {
            return null;
        }

        var path = server.Relative(url).TrimStart('/');
        string? query = null;
        if (path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark)
        {
            query = path[(mark + 1)..];
            path = path[..mark];
        }

        return path.Split('/') switch
        {
            [{ Length: > 0 } type] => new(type, null, null, query),
            [{ Length: > 0 } type, { Length: > 0 } id] => new(type, id, null, query),
            [{ Length: > 0 } type, { Length: > 0 } id, "_history", { Length: > 0 } version] => new(type, id, version, query),
            _ => null,
        };
    }
}
