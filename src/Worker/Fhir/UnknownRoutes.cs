using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace EcgIntegration.Worker.Fhir;

/// <summary>
/// What no route takes: 404, or 405 with the methods of the routes that there are at the address. Routing's own 405 has no
/// OperationOutcome.
/// </summary>
internal static class UnknownRoutes
{
    /// <summary>Maps everything under <paramref name="fhir"/> that nothing else is mapped to.</summary>
    public static void MapUnknown(this IEndpointRouteBuilder fhir) => fhir.Map("{**rest}", Answer).WithMetadata(new Fallback());

    /// <summary>The answer.</summary>
    public static IResult Answer(HttpContext context)
    {
        var methods = MethodsAt(context);
        if (methods.Count == 0)
        {
            return FhirResult.Problem(context, NamesType(context) ? FhirProblems.UnknownRoute : FhirProblems.UnknownType);
        }

        context.Response.Headers.Allow = string.Join(", ", methods);
        return FhirResult.Problem(context, FhirProblems.MethodNotAllowed);
    }

    /// <summary>404 for a type that is unknown, or that does not offer what was asked for.</summary>
    public static IResult NotOffered(HttpContext context, string type) =>
        FhirResult.Problem(context, FhirTypes.Find(type) is null ? FhirProblems.UnknownType : FhirProblems.UnknownRoute);

    private static SortedSet<string> MethodsAt(HttpContext context)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        var routes = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<Fallback>() is null && route.RoutePattern.RawText is not null);
        foreach (var route in routes)
        {
            if (Takes(route.RoutePattern, context.Request.Path))
            {
                methods.UnionWith(route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []);
            }
        }

        return methods;
    }

    private static bool Takes(RoutePattern pattern, PathString path)
    {
        var values = new RouteValueDictionary();
        return new TemplateMatcher(new RouteTemplate(pattern), []).TryMatch(path, values)
            // _search and $operations are routes of their own, never ids; and no type is unknown to a route that takes any.
            && !(values.TryGetValue("id", out var id) && id is string and ['_' or '$', ..])
            && !(values.TryGetValue("type", out var type) && type is string name && FhirTypes.Find(name) is null);
    }

    private static bool NamesType(HttpContext context)
    {
        var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Length < 2 || segments[1] is ['_' or '$', ..] || FhirTypes.Find(segments[1]) is not null;
    }

    private sealed class Fallback;
}
