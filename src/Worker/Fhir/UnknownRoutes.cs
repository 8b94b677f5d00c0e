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
            return FhirResult.Problem(context, (NamesType(context) ? FhirProblems.UnknownRoute : FhirProblems.UnknownType).At(HttpPlace.Url));
        }

        context.Response.Headers.Allow = string.Join(", ", methods);
        return FhirResult.Problem(context, FhirProblems.MethodNotAllowed.At(HttpPlace.Method));
    }

    /// <summary>The answer of a route for a type that is unknown, or that does not offer what the route does.</summary>
    public static IResult NotOffered(HttpContext context, string type) =>
        FhirTypes.Find(type) is null ? FhirResult.Problem(context, FhirProblems.UnknownType.At(HttpPlace.Url)) : Answer(context);

    private static SortedSet<string> MethodsAt(HttpContext context)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        var routes = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<Fallback>() is null && route.RoutePattern.RawText is not null);
        foreach (var route in routes)
        {
            if (Takes(route, context.Request.Path))
            {
                methods.UnionWith(route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []);
            }
        }

        return methods;
    }

    private static bool Takes(RouteEndpoint route, PathString path)
    {
        var values = new RouteValueDictionary();
        return new TemplateMatcher(new RouteTemplate(route.RoutePattern), []).TryMatch(path, values)
            // _search and $operations are routes of their own, never ids; and a route for any type serves those that offer what it does.
            && !(values.TryGetValue("id", out var id) && id is string and ['_' or '$', ..])
            && !(values.TryGetValue("type", out var type) && type is string name && !Offers(name, route.Metadata.GetMetadata<RouteInteraction>()));
    }

    private static bool Offers(string type, RouteInteraction? interaction) =>
        FhirTypes.Find(type) is { } known && (interaction is null || known.Offers(interaction.Code));

    private static bool NamesType(HttpContext context)
    {
        var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Length < 2 || segments[1] is ['_' or '$', ..] || FhirTypes.Find(segments[1]) is not null;
    }

    private sealed class Fallback;
}

/// <summary>What a route for any type does, as metadata of the route: a type that does not offer it has no such route.</summary>
/// <param name="Code">The interaction, as <see cref="FhirType.Interactions"/> has it.</param>
internal sealed record RouteInteraction(string Code)
{
    /// <summary>The type that a route is for which is not for any.</summary>
    public string Type { get; init; } = "";
}
