using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Answers searches: parameters, store, audit record, Bundle.</summary>
internal sealed class SearchHandler(IFhirSearch search, AuditEvents events, AccessAudit audit, CursorSeal seal, ServerAddresses addresses)
{
    private readonly IncludeLoader _includes = new(search);

    /// <summary>Whether a search of a type that is searched can be made, told without making it.</summary>
    public bool Understands(string type, HttpContext context, IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        Read(type, context, ServerOf(context), parameters, out _) is not null;

    /// <summary>Answers a search of a type that is searched.</summary>
    public async Task<IResult> AnswerAsync(string type, HttpContext context, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var server = ServerOf(context);
        if (Read(type, context, server, parameters, out var problems) is not { } request)
        {
            return FhirResult.Problems(context, problems);
        }

        if (await FindAsync(request, server, context.RequestAborted) is not { } result)
        {
            return FhirResult.Problem(context, SearchProblems.CursorInvalid.At("http." + SearchCursor.Parameter));
        }

        // Audit records show who looked at whom, no patient's data; with all they name, one look at them would grow with the next.
        var shown = result.Page.Matches.Concat(result.Included.Resources).ToList();
        await audit.RecordAsync(
            context, "search", type, request.Patients, shown.Where(resource => resource.Type != AuditEvents.Type), shown.Count);

        return FhirResult.Bytes(
            context, StatusCodes.Status200OK, PrettyJson.IfAsked(request.IsPretty, SearchBundle.Write(FhirPaths.BaseUrl(context), request, result, seal)));
    }

    private SearchRequest? Read(
        string type,
        HttpContext context,
        ServerBase server,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        out IReadOnlyList<FhirProblem> problems) =>
        new SearchRequestReader(type, server, seal).Read(parameters, FhirPreference.IsStrict(context.Request), out problems);

    private ServerBase ServerOf(HttpContext context) => addresses.Of(FhirPaths.BaseUrl(context));

    /// <summary>What is found, or <see langword="null"/> where the place of the page is none of this search.</summary>
    private async Task<SearchResult?> FindAsync(SearchRequest request, ServerBase server, CancellationToken cancellationToken)
    {
        try
        {
            var page = await PageAsync(request.Query, cancellationToken);
            var included = request.Inclusions.Count == 0 || page.Matches.Count == 0
                ? Included.None
                : await _includes.LoadAsync(request, page.Matches, server, cancellationToken);
            long? total = request.WantsTotal ? await CountAsync(request.Query with { After = null }, cancellationToken) : null;
            return new SearchResult(page, included, total);
        }
        catch (FormatException) when (request.Query.After is not null)
        {
            return null;
        }
    }

    private async Task<SearchPage> PageAsync(ResourceQuery query, CancellationToken cancellationToken) =>
        query.Limit == 0 ? new SearchPage([], null)
        : query.Type == AuditEvents.Type ? await events.SearchAsync(query, cancellationToken)
        : await search.SearchAsync(query, cancellationToken);

    private Task<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken) =>
        query.Type == AuditEvents.Type ? events.CountAsync(query, cancellationToken) : search.CountAsync(query, cancellationToken);
}
