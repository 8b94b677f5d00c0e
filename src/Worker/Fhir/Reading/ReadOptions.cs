using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>The parameters of a read: how much of the resource is shown, and how.</summary>
/// <param name="View">How much.</param>
/// <param name="IsPretty">Whether it is indented.</param>
internal sealed record ReadOptions(ResourceView View, bool IsPretty)
{
    private static readonly string[] Names = [ViewReader.Summary, ViewReader.Elements, PrettyJson.Parameter, FhirFormat.Parameter];

    /// <summary>Reads them.</summary>
    /// <param name="type">The type read.</param>
    /// <param name="request">The request.</param>
    /// <param name="problem">What is wrong, where <see langword="null"/> is returned.</param>
    public static ReadOptions? Read(string type, HttpRequest request, out FhirProblem? problem)
    {
        var query = request.Query;
        var reading = ViewReader.Read([type], Values(query, ViewReader.Summary), Values(query, ViewReader.Elements), allowsCount: false);
        problem = reading.Problem;
        if (problem is null && FhirPreference.IsStrict(request))
        {
            // A read finds one resource, whatever else is asked for: what is not supported changes nothing but how it is shown.
            var unknown = query.Keys.FirstOrDefault(name => !Names.Contains(name, StringComparer.Ordinal))
                ?? (reading.IgnoresElements ? ViewReader.Elements : null);
            problem = unknown is null ? null : SearchProblems.ParameterUnsupported.At(ParameterName.Expression(unknown), ParameterName.Shown(unknown));
        }

        return problem is null ? new ReadOptions(reading.View!, query[PrettyJson.Parameter] == "true") : null;
    }

    private static string[] Values(IQueryCollection query, string name) => [.. query[name].Select(value => value ?? "")];
}
