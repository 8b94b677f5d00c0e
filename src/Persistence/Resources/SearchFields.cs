using System.Globalization;
using System.Text.Json;

namespace EcgIntegration.Persistence.Resources;

/// <summary>What of a resource is promoted to columns, so that searches never open the JSON.</summary>
/// <param name="Patient">Patient reference as <see cref="PatientReference.Normalise"/> gives it.</param>
/// <param name="PatientIdentifier">Patient identifier, <c>system|value</c>.</param>
/// <param name="Codes">Codings of <c>code</c>, <c>system|code</c>.</param>
/// <param name="Date">Clinical date, or the date it was written.</param>
/// <param name="Status">FHIR status.</param>
/// <param name="DerivedFrom">References in <c>derivedFrom</c>.</param>
/// <param name="Device">Reference to the device.</param>
/// <param name="Priority">FHIR priority.</param>
internal sealed record SearchFields(
    string? Patient,
    string? PatientIdentifier,
    string[] Codes,
    DateTimeOffset? Date,
    string? Status,
    string[] DerivedFrom,
    string? Device,
    string? Priority)
{
    private const int LongestText = 256;
    private static readonly string[] SubjectNames = ["subject", "patient", "for"];
    private static readonly string[] DateNames =
        ["effectiveDateTime", "effectiveInstant", "issued", "occurredDateTime", "recorded", "authoredOn"];

    /// <summary>Reads them from the content; what is missing or of another kind is simply not there.</summary>
    public static SearchFields Read(JsonElement resource)
    {
        var (patient, identifier) = ReadPatient(resource);
        return new SearchFields(
            patient,
            identifier,
            [.. Items(Member(resource, "code"), "coding").Select(SystemAndCode).OfType<string>()],
            ReadDate(resource),
            Text(resource, "status"),
            [.. Items(resource, "derivedFrom").Select(item => Text(item, "reference")).OfType<string>()],
            Text(Member(resource, "device"), "reference"),
            Text(resource, "priority"));
    }

    /// <summary>A member that is a text of a length an index can hold, or <see langword="null"/>.</summary>
    public static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: <= LongestText } text ? text : null;

    private static (string? Reference, string? Identifier) ReadPatient(JsonElement resource)
    {
        foreach (var name in SubjectNames)
        {
            var subject = Member(resource, name);
            if (subject.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var reference = Text(subject, "reference");
            var contained = reference is ['#', ..]
                ? Items(resource, "contained").FirstOrDefault(item => Text(item, "id") == reference[1..] && Text(item, "resourceType") == "Patient")
                : default;
            return (
                PatientReference.Normalise(reference),
                Identifier(Member(subject, "identifier")) ?? Items(contained, "identifier").Select(Identifier).FirstOrDefault(id => id is not null));
        }

        return (null, null);
    }

    private static DateTimeOffset? ReadDate(JsonElement resource)
    {
        foreach (var name in DateNames)
        {
            if (FhirDate.TryParse(Text(resource, name), out var date))
            {
                return date;
            }
        }

        return FhirDate.TryParse(Text(Member(resource, "effectivePeriod"), "start"), out var start) ? start : null;
    }

    private static string? Identifier(JsonElement identifier) =>
        Text(identifier, "value") is { Length: > 0 } value ? $"{Text(identifier, "system")}|{value}" : null;

    private static string? SystemAndCode(JsonElement coding) =>
        Text(coding, "code") is { Length: > 0 } code ? $"{Text(coding, "system")}|{code}" : null;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default;
}

/// <summary>FHIR dates: a year, a month, a day, or a moment with its offset.</summary>
internal static class FhirDate
{
    private static readonly string[] Formats = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];

    /// <summary>Days without an offset are days in Japan, where this is read.</summary>
    private static readonly TimeSpan DefaultOffset = TimeSpan.FromHours(9);

    public static bool TryParse(string? text, out DateTimeOffset date)
    {
        if (DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            // The first day of the calendar has no moment nine hours earlier.
            date = day.Year > 1 ? new DateTimeOffset(day, DefaultOffset).ToUniversalTime() : DateTimeOffset.MinValue;
            return true;
        }

        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out date) && text!.Contains('T', StringComparison.Ordinal);
    }
}
