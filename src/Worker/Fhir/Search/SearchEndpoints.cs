namespace EcgIntegration.Worker.Fhir.Search;

/// <summary><c>GET {type}</c> and <c>POST {type}/_search</c>.</summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this IEndpointRouteBuilder fhir)
    {
        fhir.MapMethods("{type}", FhirPaths.ReadMethods, (string type, HttpContext context) => AnswerAsync(type, context, hasForm: false))
            .WithMetadata(new RouteInteraction(FhirTypes.Search));
        fhir.MapPost("{type}/_search", (string type, HttpContext context) => AnswerAsync(type, context, hasForm: true))
            .WithMetadata(new RouteInteraction(FhirTypes.Search));
    }

    private static async Task<IResult> AnswerAsync(string type, HttpContext context, bool hasForm)
    {
        if (FhirTypes.Find(type, FhirTypes.Search) is null)
        {
            return UnknownRoutes.NotOffered(context, type);
        }

        var (parameters, problem) = hasForm ? await SearchForm.ReadAsync(context) : (SearchForm.OfQuery(context.Request), null);
        if (problem is not null)
        {
            return FhirResult.Problem(context, problem);
        }

        string[] formats = [.. parameters.Where(pair => pair.Key == FhirFormat.Parameter).Select(pair => pair.Value)];
        return FhirFormat.AcceptsJson(context.Request, formats)
            ? await context.RequestServices.GetRequiredService<SearchHandler>().AnswerAsync(type, context, parameters)
            : FhirResult.Problem(context, FhirProblems.NotAcceptable.At(FhirFormat.PlaceOf(formats)));
    }
}
