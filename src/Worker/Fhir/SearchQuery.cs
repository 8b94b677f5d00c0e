using System.Globalization;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir;

/// <summary>A search as it was understood.</summary>
/// <param name="Search">For the store.</param>
/// <param name="Ignored">Whether something in it is not supported and was left out.</param>
internal sealed record SearchQuery(ResourceSearch Search, bool Ignored)
{
    public const int DefaultCount = 20;
    public const int MaximumCount = 50;

    private const string Newest = "-date";

    private static readonly string[] ReferenceNames = ["patient", "subject", "patient:Patient", "subject:Patient"];
    private static readonly string[] IdentifierNames =
        ["patient.identifier", "subject.identifier", "patient:identifier", "subject:identifier", "subject:Patient.identifier"];

    /// <summary>Reads the query of a search.</summary>
    /// <param name="type">The type searched.</param>
    /// <param name="query">The query string's parameters.</param>
    /// <param name="strict">Whether the client asked to be refused rather than misunderstood.</param>
    /// <param name="problem">What is wrong, where <see langword="null"/> is returned.</param>
    public static SearchQuery? Parse(string type, IQueryCollection query, bool strict, out FhirProblem? problem)
    {
        string? patient = null;
        var by = PatientKey.Reference;
        var patients = 0;
        var ignored = false;
        var count = DefaultCount;
        ResourceCursor? after = null;
        problem = null;
        foreach (var (name, values) in query)
        {
            var value = values.Count == 1 ? values[0] : null;
            if (ReferenceNames.Contains(name, StringComparer.Ordinal))
            {
                patients += values.Count;
                // SYSTEM|VALUE is an identifier, which a reference never holds: an empty answer would look like a patient without ECGs.
                patient = value?.Contains('|', StringComparison.Ordinal) == true ? null : PatientReference.Normalise(value);
            }
            else if (IdentifierNames.Contains(name, StringComparer.Ordinal))
            {
                patients += values.Count;
                by = PatientKey.Identifier;
                // A token without a bar has no system; "|value" says so expressly. A system alone names no patient.
                patient = value is null or "" || value[^1] == '|' ? null : value.Contains('|', StringComparison.Ordinal) ? value : "|" + value;
            }
            else if (name == "_count")
            {
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaximumCount)
                {
                    problem = FhirProblems.CountInvalid;
                }
            }
            else if (name == SearchCursor.Parameter)
            {
                after = SearchCursor.Parse(value);
                problem ??= after is null ? FhirProblems.CursorInvalid : null;
            }
            else if (name != "_format" && (name != "_sort" || value != Newest))
            {
                ignored = true;
            }
        }

        // The reference's form of a comma is a list, of which only the first patient would be taken.
        if (patients != 1 || patient is null || patient.Any(c => c is ',' or '\0'))
        {
            problem ??= FhirProblems.PatientRequired;
        }

        problem ??= ignored && strict ? FhirProblems.ParameterUnsupported : null;
        return problem is null ? new SearchQuery(new ResourceSearch(type, patient!, by, count, after), ignored) : null;
    }

    /// <summary>The search as a query string: what was understood, and nothing else.</summary>
    public string ToQueryString(ResourceCursor? after)
    {
        var name = Search.By == PatientKey.Reference ? "patient" : "patient.identifier";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"?{name}={Uri.EscapeDataString(Search.Patient)}&_sort={Newest}&_count={Search.Limit}");
        return after is null ? text : $"{text}&{SearchCursor.Parameter}={SearchCursor.Format(after)}";
    }
}
