using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>Reads <c>_summary</c> and <c>_elements</c>.</summary>
internal static class ViewReader
{
    public const string Summary = "_summary";
    public const string Elements = "_elements";

    /// <summary>Value of <c>_summary</c> that asks a search for its number of matches only.</summary>
    public const string Count = "count";

    private static readonly Dictionary<string, ViewMode> Modes = new(StringComparer.Ordinal)
    {
        ["true"] = ViewMode.Summary,
        ["text"] = ViewMode.Text,
        ["data"] = ViewMode.Data,
        ["false"] = ViewMode.Whole,
    };

    /// <summary>Reads a view.</summary>
    /// <param name="types">Types that are shown: an element must be of one of them at least.</param>
    /// <param name="summary">Values of <c>_summary</c>.</param>
    /// <param name="elements">Values of <c>_elements</c>, each a list.</param>
    /// <param name="allowsCount">Whether <c>_summary=count</c> is one of the choices.</param>
    public static ViewReading Read(
        IReadOnlyCollection<string> types, IReadOnlyCollection<string> summary, IReadOnlyCollection<string> elements, bool allowsCount)
    {
        var asked = summary.FirstOrDefault();
        var mode = ViewMode.Whole;
        if (asked is not null && !(summary.Count == 1 && (Modes.TryGetValue(asked, out mode) || (allowsCount && asked == Count))))
        {
            var choices = string.Join(", ", allowsCount ? Modes.Keys.Append(Count) : Modes.Keys);
            return new(null, false, SearchProblems.ChoiceInvalid.At("http." + Summary, Summary, choices));
        }

        if (elements.Count == 0 || asked is not (null or "false"))
        {
            // A summary and a list of elements contradict each other: the summary holds, and the list is said to be left out.
            return new(ResourceView.Whole with { Mode = mode }, elements.Count > 0, null);
        }

        var names = elements.SelectMany(list => list.Split(',')).Select(name => name.Trim()).ToList();
        if (names.Contains(""))
        {
            return new(null, false, SearchProblems.ListInvalid.At("http." + Elements, Elements));
        }

        var known = names.Select(name => BaseName(types, name)).ToList();
        var shown = known.OfType<string>().ToList();
        // Where none of them is known, there is no list to go by: it is as if it had not been sent.
        return new(shown.Count > 0 ? new ResourceView(ViewMode.Elements, shown) : ResourceView.Whole, known.Contains(null), null);
    }

    private static string? BaseName(IReadOnlyCollection<string> types, string name)
    {
        const string Choice = "[x]";
        var bare = name.EndsWith(Choice, StringComparison.Ordinal) ? name[..^Choice.Length] : name;
        foreach (var model in types.Select(ElementModel.Of))
        {
            if (model.BaseNames.Contains(bare))
            {
                return bare;
            }

            if (model.Find(name) is { } element)
            {
                return element.BaseName;
            }
        }

        return name == "resourceType" ? name : null;
    }
}

/// <summary>A view as it was read.</summary>
/// <param name="View">The view, or <see langword="null"/> where <paramref name="Problem"/> says what is wrong.</param>
/// <param name="IgnoresElements">Whether <c>_elements</c> names something that no type has, or was left out for <c>_summary</c>.</param>
/// <param name="Problem">What is wrong.</param>
internal readonly record struct ViewReading(ResourceView? View, bool IgnoresElements, FhirProblem? Problem);
