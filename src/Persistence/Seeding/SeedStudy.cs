using System.Globalization;
using System.Text;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Seeding;

/// <summary>A template cut at its places; makes the resources of its copies.</summary>
internal sealed class SeedStudy : IDisposable
{
    private const string Requested = "\"status\":\"requested\"";
    private const string Completed = "\"status\":\"completed\"";
    private const int StudiesAPatient = 4;

    /// <summary>Of how many studies one still waits for its physician.</summary>
    private const int OpenOf = 50;

    private static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.FromHours(9));
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(30);

    private readonly PreparedResource _ecg;
    private readonly TextTemplate _ecgText;
    private readonly List<(string Type, TextTemplate Text)> _results;
    private readonly List<(string Type, string Id)> _made;
    private readonly List<string> _dates;

    public SeedStudy(SeedTemplate template)
    {
        Template = template;
        _ecg = PreparedResource.From("Observation", template.Ecg);
        _made = [.. template.Completion.Resources.Where(resource => !resource.KeepExisting).Select(resource => (resource.Type, resource.Id))];
        var made = template.Completion.Resources.Where(resource => !resource.KeepExisting).ToList();
        // The moment the result was made is written with different precision in different elements.
        _dates = [.. made.SelectMany(resource => Moments(Encoding.UTF8.GetString(resource.Json.Span))).Distinct().OrderByDescending(text => text.Length)];
        List<string> places =
        [
            SeedPlaces.ObservationId, SeedPlaces.PatientId, SeedPlaces.StudyId.ToString("D"), Text(SeedPlaces.Recorded), Requested,
            .. _dates, .. _made.Select(resource => resource.Id),
        ];
        _ecgText = new TextTemplate(_ecg.Content.Span, places);
        _results = [.. made.Select(resource => (resource.Type, new TextTemplate(resource.Json.Span, places)))];
    }

    public SeedTemplate Template { get; }

    /// <summary>The samples that all copies share.</summary>
    public PreparedResource Ecg => _ecg;

    /// <summary>Number of the patient of a copy.</summary>
    public static int PatientOf(int number) => number / StudiesAPatient;

    /// <summary>Whether a copy is the first of its patient.</summary>
    public static bool IsFirstOfPatient(int number) => number % StudiesAPatient == 0;

    /// <summary>Logical id of a patient.</summary>
    public static string PatientId(int patient) => string.Create(CultureInfo.InvariantCulture, $"seed-p{patient:0000000}");

    /// <summary>When the ECG of a copy was recorded.</summary>
    public static DateTimeOffset RecordedAt(int number) => Beginning + (number * Apart);

    /// <summary>Makes a copy.</summary>
    public SeedCopy Copy(int number)
    {
        var at = RecordedAt(number);
        var ecgId = string.Create(CultureInfo.InvariantCulture, $"seed-{number:0000000}");
        var studyId = Guid.CreateVersion7(at);
        var ids = _made.Select((resource, i) => $"{ecgId}-{Suffix(resource.Type, i)}").ToList();
        List<byte[]> values =
        [
            Utf8(ecgId), Utf8(PatientId(PatientOf(number))), Utf8(studyId.ToString("D")), Utf8(Text(at)),
            Utf8(number % OpenOf == 0 ? Requested : Completed),
            .. _dates.Select(date => Utf8(Like(date, at.AddSeconds(1)))), .. ids.Select(Utf8),
        ];
        var copies = new List<(string Id, PreparedResource Resource)> { (ecgId, PreparedResource.From("Observation", _ecgText.Fill(values), _ecg)) };
        for (var i = 0; i < _results.Count; i++)
        {
            copies.Add((ids[i], PreparedResource.From(_results[i].Type, _results[i].Text.Fill(values))));
        }

        var report = _made.FindIndex(resource => resource.Type == "DiagnosticReport");
        return new SeedCopy(
            number, at, ecgId, studyId, copies, ids[report],
            [.. _made.Select((resource, i) => $"{resource.Type}/{ids[i]}")]);
    }

    public void Dispose() => _ecg.Dispose();

    private static string Suffix(string type, int number) => type switch
    {
        "DiagnosticReport" => "report",
        "Observation" => string.Create(CultureInfo.InvariantCulture, $"finding-{number}"),
        _ => type.ToLowerInvariant(),
    };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>A moment in the form that another one has: with or without fractions of a second.</summary>
    private static string Like(string form, DateTimeOffset at)
    {
        var fraction = form.IndexOf('.', StringComparison.Ordinal);
        var digits = fraction < 0 ? 0 : form.Skip(fraction + 1).TakeWhile(char.IsAsciiDigit).Count();
        return at.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
            + (digits == 0 ? "" : "." + new string('0', digits)) + at.ToString("zzz", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Moments(string json)
    {
        var start = SeedPlaces.Made.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        for (var at = json.IndexOf(start, StringComparison.Ordinal); at >= 0; at = json.IndexOf(start, at + 1, StringComparison.Ordinal))
        {
            yield return json[at..json.IndexOf('"', at)];
        }
    }
}

/// <summary>The resources of a copy, ECG first; to be disposed of once they are written.</summary>
internal sealed record SeedCopy(
    int Number,
    DateTimeOffset At,
    string EcgId,
    Guid StudyId,
    IReadOnlyList<(string Id, PreparedResource Resource)> Resources,
    string ReportId,
    string[] Results) : IDisposable
{
    public void Dispose()
    {
        foreach (var (_, resource) in Resources)
        {
            resource.Dispose();
        }
    }
}
