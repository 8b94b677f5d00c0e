using System.Globalization;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.Fhir.Reading;
using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary>Answers entries that read, as the same request by itself is answered.</summary>
internal sealed class EntryGet(IFhirStore store, AccessAudit audit, SearchHandler search, AuditEvents events, RefusalAudit refusals, MetadataEndpoint metadata)
{
    /// <summary>Whether an entry reads.</summary>
    public static bool Takes(BundleEntry entry) => entry.Method is "GET" or "HEAD";

    /// <summary>The answer to an entry.</summary>
    public async Task<EntryAnswer> AnswerAsync(HttpContext context, BundleEntry entry)
    {
        using var body = new MemoryStream();
        var part = PartOf(context, entry, body);
        var result = await RouteAsync(part, entry.Url);
        await result.ExecuteAsync(part);
        var headers = part.Response.GetTypedHeaders();
        var failed = part.Response.StatusCode >= StatusCodes.Status400BadRequest;
        await refusals.RecordAsync(context, entry.Interaction, entry.Url.Type, entry.Url.Id, part.Response.StatusCode);
        return new(part.Response.StatusCode)
        {
            ETag = headers.ETag?.ToString(),
            LastModified = headers.LastModified,
            Resource = failed ? default : body.ToArray(),
            Outcome = failed ? body.ToArray() : default,
        };
    }

    /// <summary>
    /// Whether an entry is understood and, where it reads one resource, finds it: told without running it, so that nothing is
    /// shown, and nothing recorded as shown, before it is.
    /// </summary>
    public async Task<bool> CanAnswerAsync(HttpContext context, BundleEntry entry)
    {
        var part = PartOf(context, entry, Stream.Null);
        var url = entry.Url;
        if (url is { Type: MetadataEndpoint.Path, Id: null })
        {
            return MetadataEndpoint.Understands(part.Request);
        }

        if (url.Id is null)
        {
            return FhirTypes.Find(url.Type, FhirTypes.Search) is not null && search.Understands(url.Type, part, SearchForm.OfQuery(part.Request));
        }

        return FhirTypes.Find(url.Type, url.Version is null ? FhirTypes.Read : FhirTypes.ReadVersion) is not null
            && ResourceId.IsValid(url.Id)
            && ReadOptions.Read(url.Type, part.Request, out _) is not null
            && await FindAsync(url.Type, url.Id, url.Version, context.RequestAborted) is { Deleted: false };
    }

    private Task<StoredResource?> FindAsync(string type, string id, string? version, CancellationToken cancellationToken) => version switch
    {
        null when type == AuditEvents.Type => events.ReadAsync(id, cancellationToken),
        null => store.ReadAsync(type, id, withSamples: false, cancellationToken),
        _ when int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) =>
            store.ReadVersionAsync(type, id, number, withSamples: false, cancellationToken),
        _ => Task.FromResult<StoredResource?>(null),
    };

    private Task<IResult> RouteAsync(HttpContext part, EntryUrl url) => url switch
    {
        { Type: MetadataEndpoint.Path, Id: null } => Task.FromResult(metadata.Answer(part)),
        { Id: null } when FhirTypes.Find(url.Type, FhirTypes.Search) is not null =>
            search.AnswerAsync(url.Type, part, SearchForm.OfQuery(part.Request)),
        { Id: null } => Task.FromResult(UnknownRoutes.NotOffered(part, url.Type)),
        { Version: { } version } => ReadEndpoints.ReadVersionAsync(url.Type, url.Id, version, part, store, audit),
        _ => ReadEndpoints.ReadAsync(url.Type, url.Id, part, store, audit),
    };

    /// <summary>The request that the entry stands for, by the same client.</summary>
    private static DefaultHttpContext PartOf(HttpContext context, BundleEntry entry, Stream body)
    {
        var part = new DefaultHttpContext { RequestServices = context.RequestServices, User = context.User, RequestAborted = context.RequestAborted };
        part.Connection.RemoteIpAddress = context.Connection.RemoteIpAddress;
        part.Request.Method = entry.Method;
        part.Request.Scheme = context.Request.Scheme;
        part.Request.Host = context.Request.Host;
        part.Request.PathBase = context.Request.PathBase;
        part.Request.Path = string.Join('/', new[] { FhirPaths.Base, entry.Url.Type, entry.Url.Id }.OfType<string>());
        part.Request.QueryString = entry.Url.Query is { } query ? new QueryString("?" + query) : default;
        part.Request.Headers["Prefer"] = context.Request.Headers["Prefer"];
        part.Request.Headers.IfNoneMatch = entry.IfNoneMatch;
        part.Response.Body = body;
        return part;
    }
}
