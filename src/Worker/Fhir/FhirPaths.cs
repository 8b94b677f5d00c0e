using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Where the FHIR side lies.</summary>
internal static class FhirPaths
{
    /// <summary>The path under which all of it lies.</summary>
    public const string Base = ServerBase.Path;

    /// <summary>Whether a path lies there, by the same rule as routes are found.</summary>
    public static bool Holds(PathString path) => path.StartsWithSegments(Base, StringComparison.OrdinalIgnoreCase);

    /// <summary>Methods of a route that reads.</summary>
    public static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The service base URL as the client sees it, without a slash at its end.</summary>
    public static string BaseUrl(HttpContext context) =>
        $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{Base}";
}
