using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Whether a client takes JSON, by <c>_format</c> or else by Accept.</summary>
internal static class FhirFormat
{
    private static readonly string[] Names = ["json", "application/json", "application/fhir+json", "text/json"];

    public static bool AcceptsJson(HttpRequest request)
    {
        if (request.Query["_format"] is { Count: > 0 } formats)
        {
            // A plus in a query is often sent bare, and arrives as a space.
            return formats.All(format => Names.Contains(format?.Replace(' ', '+'), StringComparer.OrdinalIgnoreCase));
        }

        var accepted = request.GetTypedHeaders().Accept;
        return accepted.Count == 0 || accepted.Any(IsJson);
    }

    private static bool IsJson(MediaTypeHeaderValue accepted) =>
        accepted.Quality is not 0
        && (accepted.MatchesAllTypes
            || (accepted.MatchesAllSubTypes && accepted.Type.Equals("application", StringComparison.OrdinalIgnoreCase))
            || Names.Contains(accepted.MediaType.Value, StringComparer.OrdinalIgnoreCase));
}
