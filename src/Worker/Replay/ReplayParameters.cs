using System.Globalization;
using System.Text.RegularExpressions;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Replay;

/// <summary>
/// What a replay is asked for, as names and texts: the same from the command line, over HTTP and by event. Strict: a
/// condition that is not understood would select too much.
/// </summary>
internal sealed partial class ReplayParameters
{
    /// <summary>Most ECGs a minute that can be asked for.</summary>
    public const int HighestRate = 100_000;

    private const int LongestText = 200;
    private const int LongestWhy = 500;

    private static readonly string[] Names =
    [
        "from", "before", "patient", "source", "status", "urgency", "label", "fromModel", "reason", "all",
        "model", "dryRun", "why", "key", "perMinute",
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<Reason> _reasons = [];

    private ReplayParameters(IEnumerable<KeyValuePair<string, string>> values)
    {
        foreach (var (name, value) in values)
        {
            if (!Names.Contains(name, StringComparer.Ordinal))
            {
                _reasons.Add(ReplayReasons.ParameterUnknown.At(null));
            }
            else if (!_values.TryAdd(name, value))
            {
                _reasons.Add(ReplayReasons.ParameterRepeated.At(name, name));
            }
        }
    }

    /// <summary>Reads a selection alone.</summary>
    /// <returns>What is wrong; nothing where <paramref name="selection"/> can be used.</returns>
    public static IReadOnlyList<Reason> TryReadSelection(IEnumerable<KeyValuePair<string, string>> values, out ReplaySelection selection)
    {
        var parameters = new ReplayParameters(values);
        selection = parameters.Selection();
        return parameters._reasons;
    }

    /// <summary>Reads a whole request.</summary>
    /// <param name="values">Names and values.</param>
    /// <param name="requestedBy">Who asks.</param>
    /// <param name="keyUnlessGiven">The key of a request that gives none.</param>
    /// <param name="request">The request; its model is as it was named.</param>
    /// <returns>What is wrong; nothing where <paramref name="request"/> can be used.</returns>
    public static IReadOnlyList<Reason> TryRead(
        IEnumerable<KeyValuePair<string, string>> values, string requestedBy, string keyUnlessGiven, out ReplayRequest request)
    {
        var parameters = new ReplayParameters(values);
        var selection = parameters.Selection();
        var why = parameters.Text("why", LongestWhy)?.Trim();
        if (string.IsNullOrEmpty(why))
        {
            parameters._reasons.Add(ReplayReasons.WhyMissing.At("why"));
        }

        request = new ReplayRequest(
            parameters.Matching("key", Key()) ?? keyUnlessGiven,
            selection,
            parameters.Text("model", LongestText),
            parameters.Truth("dryRun"),
            why ?? "",
            requestedBy,
            parameters.Rate());
        return parameters._reasons;
    }

    private ReplaySelection Selection()
    {
        var selection = new ReplaySelection
        {
            ReceivedFrom = Moment("from"),
            ReceivedBefore = Moment("before"),
            Patient = Patient(),
            SourceSystem = Text("source", LongestText),
            Status = Name<StudyStatus>("status"),
            Urgency = Name<Urgency>("urgency"),
            Label = Text("label", LongestText),
            FromModel = Matching("fromModel", ShaStart()),
            Reason = Matching("reason", Code()),
        };
        if (selection.Status == StudyStatus.Received)
        {
            // It is on its way already.
            Refuse("status");
        }

        // Only expressly everything, and never everything but something.
        if (_reasons.Count == 0 && Truth("all") != (selection == new ReplaySelection()))
        {
            _reasons.Add(ReplayReasons.SelectionMissing.At(null));
        }

        return selection;
    }

    private string? Text(string name, int longest)
    {
        if (!_values.TryGetValue(name, out var value))
        {
            return null;
        }

        return value.Length > 0 && value.Length <= longest && !value.Any(char.IsControl) ? value : Refuse(name);
    }

    private string? Matching(string name, Regex pattern) =>
        Text(name, LongestText) is { } text ? pattern.IsMatch(text) ? text : Refuse(name) : null;

    private string? Patient() => Text("patient", LongestText) switch
    {
        null => null,
        // A system alone names no patient.
        { } identifier when identifier.Contains('|', StringComparison.Ordinal) => identifier[^1] == '|' ? Refuse("patient") : identifier,
        { } reference => PatientReference.Normalise(reference) ?? Refuse("patient"),
    };

    private DateTimeOffset? Moment(string name)
    {
        if (Text(name, LongestText) is not { } text)
        {
            return null;
        }

        if (WithOffset().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return at.ToUniversalTime();
        }

        Refuse(name);
        return null;
    }

    private T? Name<T>(string name) where T : struct, Enum
    {
        if (Text(name, LongestText) is not { } text)
        {
            return null;
        }

        if (WireName.TryParse<T>(text, out var value))
        {
            return value;
        }

        Refuse(name);
        return null;
    }

    private bool Truth(string name)
    {
        var text = Text(name, LongestText);
        if (text is not (null or "true" or "false"))
        {
            Refuse(name);
        }

        return text == "true";
    }

    private int? Rate()
    {
        const string name = "perMinute";
        if (Text(name, LongestText) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is >= 1 and <= HighestRate)
        {
            return rate;
        }

        Refuse(name);
        return null;
    }

    private string? Refuse(string name)
    {
        _reasons.Add(ReplayReasons.ParameterInvalid.At(name, name));
        return null;
    }

    [GeneratedRegex("^[A-Za-z0-9._:-]{1,128}$")]
    private static partial Regex Key();

    [GeneratedRegex("^[0-9a-f]{4,64}$")]
    private static partial Regex ShaStart();

    [GeneratedRegex("^[a-z0-9-]{1,64}$")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$")]
    private static partial Regex WithOffset();
}
