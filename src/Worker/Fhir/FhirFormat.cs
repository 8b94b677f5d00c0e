using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Whether a client takes JSON of R4, by <c>_format</c> or else by Accept.</summary>
internal static class FhirFormat
{
    /// <summary>Name of the parameter.</summary>
    public const string Parameter = "_format";

    private const string Version = "fhirVersion";

    private static readonly string[] Names = ["json", "application/json", "application/fhir+json", "text/json"];

    /// <summary>By the query string and the headers.</summary>
    public static bool AcceptsJson(HttpRequest request) => AcceptsJson(request, request.Query[Parameter]);

    /// <summary>By given values of <c>_format</c>, which go before the headers.</summary>
    public static bool AcceptsJson(HttpRequest request, StringValues formats)
    {
        if (formats.Count > 0)
        {
            return formats.All(IsJson);
        }

        var accepted = request.GetTypedHeaders().Accept;
        return accepted.Count == 0 || accepted.Any(IsJson);
    }

    /// <summary>Where a format stands that is not offered, given the values of <c>_format</c>.</summary>
    public static string PlaceOf(StringValues formats) => HttpPlace.Of(formats.Count > 0 ? Parameter : HeaderNames.Accept);

    private static bool IsJson(string? format)
    {
        // A plus in a query is often sent bare, and arrives as a space.
        var text = format?.Trim().Replace("fhir json", "fhir+json", StringComparison.OrdinalIgnoreCase);
        return Names.Contains(text, StringComparer.OrdinalIgnoreCase)
            || (MediaTypeHeaderValue.TryParse(text, out var type)
                && Names.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
                && IsR4(type));
    }

    private static bool IsJson(MediaTypeHeaderValue accepted) =>
        accepted.Quality is not 0 && IsR4(accepted)
        && (accepted.MatchesAllTypes
            || (accepted.MatchesAllSubTypes && accepted.Type.Equals("application", StringComparison.OrdinalIgnoreCase))
            || Names.Contains(accepted.MediaType.Value, StringComparer.OrdinalIgnoreCase));

    private static bool IsR4(MediaTypeHeaderValue type) => type.Parameters
        .Where(parameter => parameter.Name.Equals(Version, StringComparison.OrdinalIgnoreCase))
        .All(parameter => parameter.GetUnescapedValue().Value is { } version
            && (version == "4.0" || version.StartsWith("4.0.", false, CultureInfo.InvariantCulture)));
}
