using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>History of a resource, and of a type.</summary>
internal static class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder fhir)
    {
        fhir.MapMethods("{type}/_history", FhirPaths.ReadMethods, (string type, HttpContext context) => AnswerAsync(type, null, context))
            .WithMetadata(new RouteInteraction(FhirTypes.TypeHistory));
        fhir.MapMethods("{type}/{id}/_history", FhirPaths.ReadMethods, (string type, string id, HttpContext context) => AnswerAsync(type, id, context))
            .WithMetadata(new RouteInteraction(FhirTypes.InstanceHistory));
    }

    private static async Task<IResult> AnswerAsync(string type, string? id, HttpContext context)
    {
        if (FhirTypes.Find(type, id is null ? FhirTypes.TypeHistory : FhirTypes.InstanceHistory) is null)
        {
            return UnknownRoutes.NotOffered(context, type);
        }

        if (id is not null && !ResourceId.IsValid(id))
        {
            return FhirResult.Problem(context, FhirProblems.NotFound.At($"{type}.id"));
        }

        var services = context.RequestServices;
        var seal = services.GetRequiredService<CursorSeal>();
        if (HistoryRequest.Read(type, id, context.Request.Query, seal, out var problem) is not { } request)
        {
            return FhirResult.Problem(context, problem!);
        }

        var page = await services.GetRequiredService<IFhirSearch>().HistoryAsync(request.Query, context.RequestAborted);
        if (page.Versions.Count == 0 && id is not null && !await ExistsAsync(services, type, id, context.RequestAborted))
        {
            return FhirResult.Problem(context, FhirProblems.NotFound.At($"{type}.id"));
        }

        await services.GetRequiredService<AccessAudit>().RecordAsync(
            context, "history", id is null ? type : $"{type}/{id}", [], page.Versions, page.Versions.Count);
        var bundle = HistoryBundle.Write(FhirPaths.BaseUrl(context), request, page, seal);
        return FhirResult.Bytes(context, StatusCodes.Status200OK, PrettyJson.IfAsked(request.IsPretty, bundle));
    }

    private static async Task<bool> ExistsAsync(IServiceProvider services, string type, string id, CancellationToken cancellationToken) =>
        await services.GetRequiredService<IFhirStore>().ReadAsync(type, id, withSamples: false, cancellationToken) is not null;
}
