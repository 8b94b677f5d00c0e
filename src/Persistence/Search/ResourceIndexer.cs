using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using static EcgIntegration.Persistence.Search.SearchParameterType;

namespace EcgIntegration.Persistence.Search;

/// <summary>Reads of a resource what it is searched by, as <see cref="SearchParameters"/> has it for its type.</summary>
internal static class ResourceIndexer
{
    private static readonly string[] SubjectNames = ["subject", "patient", "for"];

    /// <summary>Reads it from the content; what is missing or of another kind is simply not there.</summary>
    /// <param name="type">Resource type.</param>
    /// <param name="resource">The resource, with or without samples.</param>
    public static IndexEntry Read(string type, JsonElement resource)
    {
        var parameters = SearchParameters.Of(type);
        var (patient, identifier) = ReadPatient(parameters, resource);
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in parameters.Where(parameter => parameter.Column() == IndexColumn.Tokens))
        {
            AddTokens(tokens, parameter, resource, patient ?? identifier);
        }

        return new IndexEntry(
            patient,
            identifier,
            resource.Text("status"),
            resource.Text("priority"),
            [.. tokens],
            ReadDate(parameters, IndexColumn.Date, resource),
            ReadDate(parameters, IndexColumn.Stamped, resource),
            [.. parameters.Where(parameter => parameter.Type == Text).SelectMany(parameter => ReadTexts(parameter, resource)).Distinct()],
            type == "Provenance" ? ReadTargets(resource) : []);
    }

    private static (string? Reference, string? Identifier) ReadPatient(IReadOnlyList<SearchParameter> parameters, JsonElement resource)
    {
        foreach (var name in SubjectNames)
        {
            var subject = resource.Member(name);
            if (subject.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var reference = subject.Text("reference");
            var contained = reference is ['#', ..]
                ? resource.Member("contained").Items().FirstOrDefault(item => item.Text("id") == reference[1..] && item.Text("resourceType") == "Patient")
                : default;
            return (
                PatientReference.Normalise(reference),
                Identifier(subject.Member("identifier"))
                    ?? contained.Member("identifier").Items().Select(Identifier).FirstOrDefault(id => id is not null));
        }

        // Where no element is the patient's alone, it is the one of several that is a Patient.
        return (
            parameters.Where(parameter => parameter.Column() == IndexColumn.Patient)
                .SelectMany(parameter => parameter.Elements).SelectMany(path => resource.At(path))
                .Select(element => PatientReference.Normalise(element.Text("reference")))
                .FirstOrDefault(reference => reference?.StartsWith("Patient/", StringComparison.Ordinal) == true),
            null);
    }

    private static void AddTokens(HashSet<string> tokens, SearchParameter parameter, JsonElement resource, string? patient)
    {
        var (before, present) = (tokens.Count, false);
        foreach (var element in parameter.Elements.SelectMany(path => resource.At(path)))
        {
            present = true;
            tokens.UnionWith(parameter.Type == Token ? OfToken(parameter, element) : OfReference(parameter, element));
        }

        if (present && tokens.Count == before && !(parameter.IsOfPatient() && patient is not null))
        {
            tokens.Add(IndexTokens.Present(parameter.Name));
        }
    }

    private static IEnumerable<string> OfToken(SearchParameter parameter, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.Text() is { } code ? IndexTokens.OfCoded(parameter.Name, parameter.CodeSystem, code) : [],
        JsonValueKind.True => [IndexTokens.AnySystem(parameter.Name, "true")],
        JsonValueKind.False => [IndexTokens.AnySystem(parameter.Name, "false")],
        JsonValueKind.Object => element.TryGetProperty("coding", out var codings)
            ? codings.Items().SelectMany(coding => OfCoding(parameter.Name, coding))
            : OfCoding(parameter.Name, element),
        _ => [],
    };

    /// <summary>A Coding, an Identifier or a ContactPoint.</summary>
    private static IEnumerable<string> OfCoding(string name, JsonElement coding) =>
        (coding.Text("code") ?? coding.Text("value")) is { } code ? IndexTokens.OfCoded(name, coding.Text("system"), code) : [];

    private static IEnumerable<string> OfReference(SearchParameter parameter, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.Text() is { } canonical ? IndexTokens.OfCanonical(parameter.Name, canonical) : [];
        }

        var reference = element.Text("reference");
        // The patient has columns of its own; a subject that is a group or a place has not.
        IEnumerable<string> references = reference is null or ['#', ..] || (parameter.IsOfPatient() && PatientReference.Normalise(reference) is not null)
            ? []
            : IndexTokens.OfReference(parameter.Name, reference, isTypeOpen: parameter.Targets.Count != 1);
        return parameter.IsOfPatient() ? references : references.Concat(OfCoding(IndexTokens.IdentifierName(parameter.Name), element.Member("identifier")));
    }

    /// <summary>Of the elements a date can stand in, the first that holds one.</summary>
    private static FhirInterval? ReadDate(IReadOnlyList<SearchParameter> parameters, IndexColumn column, JsonElement resource) =>
        parameters.Where(parameter => parameter.Column() == column)
            .SelectMany(parameter => parameter.Elements)
            .Select(path => FhirInterval.Around(resource.At(path)))
            .FirstOrDefault(interval => interval is not null);

    private static IEnumerable<IndexedText> ReadTexts(SearchParameter parameter, JsonElement resource) =>
        parameter.Elements.SelectMany(path => resource.At(path))
            .SelectMany(HumanNames.Texts)
            .Select(text => new IndexedText(parameter.Name, text.Text, text.IsVerbatim));

    private static string[] ReadTargets(JsonElement resource) =>
        [.. resource.At("target").Select(target => target.Text("reference")).OfType<string>().Select(IndexTokens.WithoutVersion).Distinct()];

    private static string? Identifier(JsonElement identifier) =>
        identifier.Text("value") is { } value ? $"{identifier.Text("system")}|{value}" : null;
}
