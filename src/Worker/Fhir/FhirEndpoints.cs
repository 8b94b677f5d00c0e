using System.Globalization;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir;

/// <summary>FHIR R4 over HTTP, for reading. Every way in ends in FHIR JSON, also where it fails.</summary>
internal static class FhirEndpoints
{
    private const string Base = "/fhir";

    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds what <see cref="MapFhir"/> and <c>MapReview</c> need besides the persistence.</summary>
    public static IServiceCollection AddFhir(this IServiceCollection services) => services.AddSingleton<AccessAudit>();

    /// <summary>Maps <c>/fhir</c>.</summary>
    public static IEndpointConventionBuilder MapFhir(this IEndpointRouteBuilder endpoints)
    {
        var started = endpoints.ServiceProvider.GetService<TimeProvider>()?.GetUtcNow() ?? TimeProvider.System.GetUtcNow();
        var fhir = endpoints.MapGroup(Base).AddEndpointFilter<FhirFaultFilter>();
        fhir.MapMethods("metadata", ReadMethods, (HttpContext context) =>
            FhirResult.Bytes(context, StatusCodes.Status200OK, CapabilityStatement.Write(BaseUrl(context), started)));
        fhir.MapMethods("{type}", ReadMethods, SearchAsync);
        fhir.MapMethods("{type}/{id}", ReadMethods, ReadAsync);
        fhir.MapMethods("{type}/{id}/_history/{version}", ReadMethods, ReadVersionAsync);
        fhir.MapMethods("{**rest}", ReadMethods, (HttpContext context) => FhirResult.Problem(context, FhirProblems.UnknownType));
        return fhir;
    }

    /// <summary>Answers with the current version of a stored resource.</summary>
    internal static Task<IResult> ReadAsync(string type, string id, HttpContext context, IFhirStore store, AccessAudit audit) =>
        AnswerAsync(context, audit, "read", type, id, () => store.ReadAsync(type, id, context.RequestAborted));

    private static Task<IResult> ReadVersionAsync(
        string type, string id, string version, HttpContext context, IFhirStore store, AccessAudit audit) =>
        AnswerAsync(context, audit, "vread", type, id, () => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? store.ReadVersionAsync(type, id, number, context.RequestAborted)
            : Task.FromResult<StoredResource?>(null));

    private static async Task<IResult> AnswerAsync(
        HttpContext context, AccessAudit audit, string action, string type, string id, Func<Task<StoredResource?>> read)
    {
        if (FhirTypes.Find(type) is null)
        {
            return FhirResult.Problem(context, FhirProblems.UnknownType);
        }

        var resource = ResourceId.IsValid(id) ? await read() : null;
        if (resource is null)
        {
            return FhirResult.Problem(context, FhirProblems.NotFound);
        }

        await audit.RecordAsync(context, action, $"{type}/{id}/_history/{resource.Version}", resource.Patient, 1);
        return FhirResult.Resource(context, resource);
    }

    private static async Task<IResult> SearchAsync(string type, HttpContext context, IFhirStore store, AccessAudit audit)
    {
        if (FhirTypes.Find(type) is not { } known)
        {
            return FhirResult.Problem(context, FhirProblems.UnknownType);
        }

        if (!known.SearchableByPatient)
        {
            return FhirResult.Problem(context, FhirProblems.NotSearchable);
        }

        if (SearchQuery.Parse(type, context.Request.Query, IsStrict(context.Request), out var problem) is not { } query)
        {
            return FhirResult.Problem(context, problem!);
        }

        var page = await store.SearchAsync(query.Search, context.RequestAborted);
        await audit.RecordAsync(context, "search", type, query.Search.Patient, page.Resources.Count);
        return FhirResult.Bytes(context, StatusCodes.Status200OK, SearchBundle.Write(BaseUrl(context), query, page));
    }

    private static bool IsStrict(HttpRequest request) =>
        request.Headers["Prefer"].Any(value => value?.Replace(" ", "", StringComparison.Ordinal)
            .Contains("handling=strict", StringComparison.OrdinalIgnoreCase) == true);

    private static string BaseUrl(HttpContext context) =>
        $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{Base}";
}
