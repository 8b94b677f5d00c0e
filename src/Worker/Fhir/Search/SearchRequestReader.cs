using System.Globalization;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Reads the parameters of a search. One use.</summary>
/// <param name="type">The type searched.</param>
/// <param name="server">This server's own base URLs, for references.</param>
/// <param name="seal">Opens places of pages.</param>
internal sealed class SearchRequestReader(string type, ServerBase server, CursorSeal seal)
{
    public const int MaximumParameters = 100;
    public const int MaximumValues = 1000;

    private readonly CriterionReader _criterionReader = new(server);
    private readonly SearchOptions _options = new(type);
    private readonly List<SearchCriterion> _criteria = [];
    private readonly List<KeyValuePair<string, string>> _understood = [];
    private readonly List<string> _ignored = [];
    private readonly List<FhirProblem> _problems = [];
    private bool _ignoresCriterion;

    /// <summary>Reads a search.</summary>
    /// <param name="parameters">Names and values in the order they came.</param>
    /// <param name="strict">Whether the client asked to be refused rather than misunderstood.</param>
    /// <param name="problems">What is wrong, where <see langword="null"/> is returned.</param>
    public SearchRequest? Read(IReadOnlyCollection<KeyValuePair<string, string>> parameters, bool strict, out IReadOnlyList<FhirProblem> problems)
    {
        problems = _problems;
        if (parameters.Count > MaximumParameters)
        {
            _problems.Add(SearchProblems.TooMany.At(HttpPlace.Url, MaximumParameters, MaximumValues));
            return null;
        }

        foreach (var (name, value) in parameters)
        {
            if (!_options.TryTake(name, value))
            {
                ReadCriterion(name, value);
            }
        }

        if (_criteria.Sum(criterion => criterion.AnyOf.Count) > MaximumValues)
        {
            _problems.Add(SearchProblems.TooMany.At(HttpPlace.Url, MaximumParameters, MaximumValues));
        }

        var request = Complete();
        if (strict)
        {
            _problems.AddRange(_ignored.Select(name =>
                SearchProblems.ParameterUnsupported.At(ParameterName.Expression(name), ParameterName.Shown(name))));
        }

        return _problems.Count == 0 ? request : null;
    }

    private void ReadCriterion(string name, string value)
    {
        var (criterion, problem) = _criterionReader.Read(type, name, value);
        if (problem is not null)
        {
            _problems.Add(problem);
        }
        else if (criterion is not null)
        {
            _criteria.Add(criterion);
            _understood.Add(new(name, value));
        }
        else
        {
            _ignored.Add(name);
            _ignoresCriterion = true;
        }
    }

    private SearchRequest? Complete()
    {
        var settings = _options.Complete(_ignored, _problems);
        var isWithheld = _ignoresCriterion && _criteria.Count == 0;
        var sort = string.Join(',', settings.Sort.Select(key => (key.Descending ? "-" : "") + key.Parameter.Name));
        var list = type + SearchLinks.QueryString([.. _understood, new("_sort", sort)]);
        var place = settings.Cursor is { } cursor ? SearchCursor.Parse(seal, cursor, list, settings.Sort.Count) : null;
        if (settings.Cursor is not null && place is null)
        {
            _problems.Add(SearchProblems.CursorInvalid.At("http." + SearchCursor.Parameter));
            return null;
        }

        var limit = isWithheld ? 0 : settings.Count;
        return new SearchRequest
        {
            Query = new ResourceQuery(type, _criteria, settings.Sort, limit, place) { WithSamples = settings.View.NeedsSamples(type) },
            View = settings.View,
            Inclusions = settings.Inclusions,
            WantsTotal = (settings.WantsTotal || settings.Count == 0) && !isWithheld,
            IsPretty = settings.IsPretty,
            Ignored = [.. _ignored.Distinct(StringComparer.Ordinal)],
            IsWithheld = isWithheld,
            Understood =
            [
                .. _understood, .. settings.Understood, new("_sort", sort),
                new("_count", limit.ToString(CultureInfo.InvariantCulture)),
            ],
            List = list,
            Patients = SearchedPatients.Of(type, _criteria),
            Cursor = settings.Cursor,
        };
    }
}
