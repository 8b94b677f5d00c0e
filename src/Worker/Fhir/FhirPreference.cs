namespace EcgIntegration.Worker.Fhir;

/// <summary>The <c>Prefer</c> header (RFC 7240): preferences of any number of headers, separated by commas or semicolons.</summary>
internal static class FhirPreference
{
    /// <summary>Whether the client wants to be refused rather than misunderstood: <c>handling=strict</c>.</summary>
    public static bool IsStrict(HttpRequest request) => "strict".Equals(Find(request, "handling"), StringComparison.OrdinalIgnoreCase);

    /// <summary>The first value of a preference, or <see langword="null"/> where it is not named.</summary>
    public static string? Find(HttpRequest request, string name)
    {
        foreach (var preference in request.Headers["Prefer"].SelectMany(header => (header ?? "").Split([',', ';'])))
        {
            var equals = preference.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0 && preference[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return preference[(equals + 1)..].Trim().Trim('"');
            }
        }

        return null;
    }
}
