using System.Globalization;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.Fhir.Reading;
using SortKey = EcgIntegration.Persistence.Search.SortKey;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>The parameters of a search that say how its result is shown, rather than what matches. One use.</summary>
internal sealed class SearchOptions(string type)
{
    public const int DefaultCount = 20;
    public const int MaximumCount = 1000;

    /// <summary>Most matches on a page that holds waveforms: each can be hundreds of kilobytes long.</summary>
    public const int MaximumSampledCount = 100;

    private const string Count = "_count";
    private const string Sort = "_sort";
    private const string Total = "_total";
    private const string Accurate = "accurate";
    private const string Estimate = "estimate";
    private const string None = "none";

    private static readonly string[] Names =
        [Count, Sort, Total, SearchCursor.Parameter, ViewReader.Summary, ViewReader.Elements, FhirFormat.Parameter, PrettyJson.Parameter];

    private readonly List<KeyValuePair<string, string>> _taken = [];

    /// <summary>Takes a parameter that is one of these; false for any other.</summary>
    public bool TryTake(string name, string value)
    {
        var takes = Names.Contains(name, StringComparer.Ordinal) || Inclusion.IsName(name);
        if (takes)
        {
            _taken.Add(new(name, value));
        }

        return takes;
    }

    /// <summary>Reads what was taken.</summary>
    /// <param name="ignored">Receives the names of what is not supported.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public SearchSettings Complete(List<string> ignored, List<FhirProblem> problems)
    {
        var understood = new List<KeyValuePair<string, string>>();
        var summary = Values(ViewReader.Summary);
        var inclusions = ReadInclusions(summary, understood, ignored);
        var view = ReadView(inclusions, understood, ignored, problems);
        var total = ReadChoice(Total, [None, Estimate, Accurate], understood, problems);
        ReadChoice(PrettyJson.Parameter, ["true", "false"], understood, problems);
        understood.AddRange(_taken.Where(pair => pair.Key == FhirFormat.Parameter));
        return new SearchSettings
        {
            Count = summary is [ViewReader.Count] ? 0 : ReadCount(MaximumOf(view, inclusions), problems),
            Sort = ReadSort(ignored, problems),
            View = view,
            Inclusions = inclusions,
            WantsTotal = total is Accurate or Estimate,
            IsPretty = Values(PrettyJson.Parameter) is ["true"],
            Cursor = Values(SearchCursor.Parameter).FirstOrDefault(),
            Understood = understood,
        };
    }

    /// <summary>The order without <c>_sort</c>: the clinically newest first.</summary>
    private static string DefaultSort(string type) => type switch
    {
        "Observation" or "DiagnosticReport" => "-date",
        "Provenance" => "-recorded",
        "Task" => "-authored-on",
        AuditEvents.Type => "-date",
        // What has no date of its own comes in an order that no update changes: pages stay complete.
        _ => "-_id",
    };

    private int MaximumOf(ResourceView view, IEnumerable<Inclusion> inclusions) =>
        inclusions.SelectMany(inclusion => inclusion.Brings).Append(type).Any(shown => shown == "Observation" && view.NeedsSamples(shown))
            ? MaximumSampledCount
            : MaximumCount;

    private string[] Values(string name) => [.. _taken.Where(pair => pair.Key == name).Select(pair => pair.Value)];

    private int ReadCount(int maximum, List<FhirProblem> problems)
    {
        var values = Values(Count);
        if (values.Length == 0)
        {
            return DefaultCount;
        }

        if (values is not [{ Length: > 0 } value] || !value.All(char.IsAsciiDigit))
        {
            problems.Add(SearchProblems.CountInvalid.At("http." + Count));
            return 0;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Min(count, maximum) : maximum;
    }

    private List<SortKey> ReadSort(List<string> ignored, List<FhirProblem> problems)
    {
        var keys = new List<SortKey>();
        foreach (var name in Values(Sort).SelectMany(list => list.Split(',')))
        {
            var descending = name.StartsWith('-');
            var bare = descending ? name[1..] : name;
            if (bare.Length == 0)
            {
                problems.Add(SearchProblems.ListInvalid.At("http." + Sort, Sort));
            }
            else if (SearchParameters.Find(type, bare) is not { IsSortable: true } parameter)
            {
                ignored.Add(Sort);
            }
            else if (keys.All(key => key.Parameter != parameter))
            {
                keys.Add(new SortKey(parameter, descending));
            }
        }

        var standard = new SortKey(SearchParameters.Find(type, DefaultSort(type)[1..])!, Descending: true);
        // Many have the same status or priority: these come as they come without an order.
        var isCoarse = keys.Count > 0 && keys.TrueForAll(key => key.Parameter.Name is "status" or "priority");
        return keys.Count == 0 ? [standard] : isCoarse ? [.. keys, standard] : keys;
    }

    private List<Inclusion> ReadInclusions(string[] summary, List<KeyValuePair<string, string>> understood, List<string> ignored)
    {
        var inclusions = new List<Inclusion>();
        foreach (var pair in _taken.Where(pair => Inclusion.IsName(pair.Key)))
        {
            // R4 has no includes beside a narrative, which belongs to the matches alone.
            var read = summary is ["text"] ? [] : Inclusion.Read(type, pair.Key, pair.Value);
            inclusions.AddRange(read);
            if (read.Count > 0)
            {
                understood.Add(pair);
            }
            else
            {
                ignored.Add(pair.Key);
            }
        }

        return [.. inclusions.Distinct()];
    }

    private ResourceView ReadView(
        List<Inclusion> inclusions, List<KeyValuePair<string, string>> understood, List<string> ignored, List<FhirProblem> problems)
    {
        var types = inclusions.SelectMany(inclusion => inclusion.Brings).Append(type).ToHashSet(StringComparer.Ordinal);
        var (view, ignoresElements, problem) = ViewReader.Read(types, Values(ViewReader.Summary), Values(ViewReader.Elements), allowsCount: true);
        if (problem is not null)
        {
            problems.Add(problem);
        }

        if (ignoresElements)
        {
            ignored.Add(ViewReader.Elements);
        }

        understood.AddRange(_taken.Where(pair => pair.Key == ViewReader.Summary));
        if (view is { Mode: ViewMode.Elements })
        {
            understood.Add(new(ViewReader.Elements, string.Join(',', view.Elements)));
        }

        return view ?? ResourceView.Whole;
    }

    private string? ReadChoice(string name, string[] choices, List<KeyValuePair<string, string>> understood, List<FhirProblem> problems)
    {
        var values = Values(name);
        if (values.Length == 0)
        {
            return null;
        }

        if (values is not [var value] || !choices.Contains(value))
        {
            problems.Add(SearchProblems.ChoiceInvalid.At("http." + name, name, string.Join(", ", choices)));
            return null;
        }

        understood.Add(new(name, value));
        return value;
    }
}

/// <summary>How a search's result is shown.</summary>
internal sealed record SearchSettings
{
    public required int Count { get; init; }

    public required IReadOnlyList<SortKey> Sort { get; init; }

    public required ResourceView View { get; init; }

    public required IReadOnlyList<Inclusion> Inclusions { get; init; }

    public required bool WantsTotal { get; init; }

    public required bool IsPretty { get; init; }

    public required string? Cursor { get; init; }

    /// <summary>What was understood, in the order of links, but for order, number and place.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Understood { get; init; }
}
