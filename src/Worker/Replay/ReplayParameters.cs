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
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<Reason> _reasons = [];
    private readonly ReplayWords _words;

    private ReplayParameters(IEnumerable<KeyValuePair<string, string>> values, ReplayWords words)
    {
        _words = words;
        foreach (var ((name, value), index) in values.Select((pair, index) => (pair, index)))
        {
            if (ReplayParameter.Known.FirstOrDefault(known => known.Name == name) is not { } parameter)
            {
                _reasons.Add(words.Unknown(name, index));
            }
            else if (!_values.TryAdd(name, value))
            {
                _reasons.Add(ReplayReasons.ParameterRepeated.At(name, words.Of(parameter)));
            }
        }
    }

    /// <summary>Reads a selection alone.</summary>
    /// <param name="values">Names and values.</param>
    /// <param name="words">How refusals call the parameters.</param>
    /// <param name="selection">What is selected.</param>
    /// <returns>What is wrong; nothing where <paramref name="selection"/> can be used.</returns>
    public static IReadOnlyList<Reason> TryReadSelection(
        IEnumerable<KeyValuePair<string, string>> values, ReplayWords words, out ReplaySelection selection)
    {
        var parameters = new ReplayParameters(values, words);
        selection = parameters.Selection();
        return parameters._reasons;
    }

    /// <summary>Reads a whole request.</summary>
    /// <param name="values">Names and values.</param>
    /// <param name="words">How refusals call the parameters.</param>
    /// <param name="requestedBy">Who asks.</param>
    /// <param name="keyUnlessGiven">The key of a request that gives none.</param>
    /// <param name="request">The request; its model is as it was named.</param>
    /// <returns>What is wrong; nothing where <paramref name="request"/> can be used.</returns>
    public static IReadOnlyList<Reason> TryRead(
        IEnumerable<KeyValuePair<string, string>> values, ReplayWords words, string requestedBy, string keyUnlessGiven, out ReplayRequest request)
    {
        var parameters = new ReplayParameters(values, words);
        var selection = parameters.Selection();
        request = new ReplayRequest(
            parameters.Matching(ReplayParameter.Key, Key()) ?? keyUnlessGiven,
            selection,
            parameters.Text(ReplayParameter.Model),
            parameters.Truth(ReplayParameter.DryRun),
            parameters.Why(),
            requestedBy,
            parameters.Rate());
        return parameters._reasons;
    }

    private ReplaySelection Selection()
    {
        var selection = new ReplaySelection
        {
            ReceivedFrom = Moment(ReplayParameter.From),
            ReceivedBefore = Moment(ReplayParameter.Before),
            Patient = Patient(),
            SourceSystem = Text(ReplayParameter.Source),
            Status = Name<StudyStatus>(ReplayParameter.Status),
            Urgency = Name<Urgency>(ReplayParameter.Urgency),
            Label = Text(ReplayParameter.Label),
            FromModel = Matching(ReplayParameter.FromModel, ShaStart())?.ToLowerInvariant(),
            Reason = ReasonCode(),
        };
        if (selection.Status == StudyStatus.Received)
        {
            // It is on its way already.
            Refuse(ReplayParameter.Status);
        }

        var all = Truth(ReplayParameter.All);
        if (_reasons.Count == 0 && Misfit(selection, all) is { } misfit)
        {
            _reasons.Add(misfit);
        }

        return selection;
    }

    /// <summary>Why conditions that are each understood select nothing, or not what was meant, together.</summary>
    private Reason? Misfit(ReplaySelection selection, bool all)
    {
        var given = ReplayParameter.Conditions.Where(condition => _values.ContainsKey(condition.Name)).ToList();
        if (all)
        {
            return given.Count == 0 ? null : ReplayReasons.SelectionOfAllAndSome.At(
                ReplayParameter.All.Name, _words.Of(ReplayParameter.All), string.Join(", ", given.Select(_words.Of)));
        }

        if (given.Count == 0)
        {
            return ReplayReasons.SelectionMissing.At(ReplayParameter.All.Name, _words.All);
        }

        // What was refused or failed has no urgency, and only a classified ECG has suggestions.
        return selection switch
        {
            { ReceivedFrom: { } from, ReceivedBefore: { } before } when from >= before => Contradiction(ReplayParameter.From, ReplayParameter.Before),
            { Urgency: not null, Status: StudyStatus.Rejected or StudyStatus.Failed } => Contradiction(ReplayParameter.Status, ReplayParameter.Urgency),
            { Label: not null, Status: not (null or StudyStatus.Classified) } => Contradiction(ReplayParameter.Status, ReplayParameter.Label),
            _ => null,
        };
    }

    private Reason Contradiction(ReplayParameter one, ReplayParameter other) =>
        ReplayReasons.SelectionContradictory.At(other.Name, _words.Of(one), _words.Of(other));

    private string? Text(ReplayParameter parameter, int longest = ReplayParameter.LongestText)
    {
        if (!_values.TryGetValue(parameter.Name, out var value))
        {
            return null;
        }

        return value.Length > 0 && value.Length <= longest && PlainText.Is(value) ? value : Refuse(parameter);
    }

    private string? Matching(ReplayParameter parameter, Regex pattern) =>
        Text(parameter) is { } text ? pattern.IsMatch(text) ? text : Refuse(parameter) : null;

    private string Why()
    {
        if (!_values.TryGetValue(ReplayParameter.Why.Name, out var why) || string.IsNullOrWhiteSpace(why))
        {
            _reasons.Add(ReplayReasons.WhyMissing.At(ReplayParameter.Why.Name, _words.Of(ReplayParameter.Why)));
            return "";
        }

        return Text(ReplayParameter.Why, ReplayParameter.LongestWhy)?.Trim() ?? "";
    }

    private string? Patient() => Text(ReplayParameter.Patient) switch
    {
        null => null,
        // A system alone names no patient.
        { } identifier when identifier.Contains('|', StringComparison.Ordinal) =>
            identifier[^1] == '|' ? Refuse(ReplayParameter.Patient) : identifier,
        { } reference => PatientReference.Normalise(reference) ?? Refuse(ReplayParameter.Patient),
    };

    private string? ReasonCode() => Text(ReplayParameter.Reason) switch
    {
        null => null,
        { } code when ReasonCodes.OfEcgs.Contains(code) => code,
        _ => Refuse(ReplayParameter.Reason),
    };

    private DateTimeOffset? Moment(ReplayParameter parameter)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        if (WithOffset().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return at.ToUniversalTime();
        }

        Refuse(parameter);
        return null;
    }

    private T? Name<T>(ReplayParameter parameter) where T : struct, Enum
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        if (WireName.TryParse<T>(text.ToLowerInvariant(), out var value))
        {
            return value;
        }

        Refuse(parameter);
        return null;
    }

    private bool Truth(ReplayParameter parameter)
    {
        var text = Text(parameter);
        if (text is not (null or "true" or "false"))
        {
            Refuse(parameter);
        }

        return text == "true";
    }

    private int? Rate()
    {
        if (Text(ReplayParameter.PerMinute) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is >= 1 and <= ReplayParameter.HighestRate)
        {
            return rate;
        }

        Refuse(ReplayParameter.PerMinute);
        return null;
    }

    private string? Refuse(ReplayParameter parameter)
    {
        _reasons.Add(_words.Invalid(parameter));
        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._:-]{1,128}\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"^[0-9A-Fa-f]{4,64}\z")]
    private static partial Regex ShaStart();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})\z")]
    private static partial Regex WithOffset();
}
