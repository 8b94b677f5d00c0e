using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>A history as it was asked for.</summary>
/// <param name="Query">For the store.</param>
/// <param name="View">How much is shown of each version.</param>
/// <param name="IsPretty">Whether the answer is indented.</param>
/// <param name="Understood">The parameters, in the order of links, without the place of the page.</param>
/// <param name="Cursor">The place of this page as sent, or <see langword="null"/>.</param>
internal sealed record HistoryRequest(
    HistoryQuery Query, ResourceView View, bool IsPretty, IReadOnlyList<KeyValuePair<string, string>> Understood, string? Cursor)
{
    private const string Since = "_since";
    private const string Count = "_count";

    private static readonly string[] Shown = [ViewReader.Summary, ViewReader.Elements, PrettyJson.Parameter, FhirFormat.Parameter];

    /// <summary>What the history is of: the place of a page belongs to it.</summary>
    private string List => $"_history {Query.Type}/{Query.Id}";

    /// <summary>Reads the parameters.</summary>
    /// <param name="type">Resource type.</param>
    /// <param name="id">Logical id, or <see langword="null"/> for the whole type.</param>
    /// <param name="query">The query string.</param>
    /// <param name="seal">Opens places of pages.</param>
    /// <param name="problem">What is wrong, where <see langword="null"/> is returned.</param>
    public static HistoryRequest? Read(string type, string? id, IQueryCollection query, CursorSeal seal, out FhirProblem? problem)
    {
        // A history Bundle has no entry that could say what was left out: what is not supported is refused.
        if (query.Keys.FirstOrDefault(name => name is not (Since or Count or SearchCursor.Parameter) && !Shown.Contains(name)) is { } unknown)
        {
            problem = SearchProblems.ParameterUnsupported.At(ParameterName.Expression(unknown), ParameterName.Shown(unknown));
            return null;
        }

        var (view, ignoresElements, viewProblem) = ViewReader.Read(
            [type], Values(query, ViewReader.Summary), Values(query, ViewReader.Elements), allowsCount: false);
        var since = query[Since] is [{ } text] ? SearchDate.Parse(text) : null;
        var count = ReadCount(query, view is { } shown && shown.NeedsSamples(type) && type == "Observation");
        problem = viewProblem
            ?? (ignoresElements ? SearchProblems.ParameterUnsupported.At("http." + ViewReader.Elements, ViewReader.Elements) : null)
            ?? (query.ContainsKey(Since) && since is not { Prefix: DatePrefix.Eq } ? SearchProblems.DateInvalid.At("http." + Since, Since) : null)
            ?? (count is null ? SearchProblems.CountInvalid.At("http." + Count) : null);
        if (problem is not null)
        {
            return null;
        }

        var request = new HistoryRequest(
            new HistoryQuery(type, id, since?.From, count!.Value, null) { WithSamples = view!.NeedsSamples(type) },
            view,
            query[PrettyJson.Parameter] == "true",
            [
                .. query.Where(pair => pair.Key == Since || Shown.Contains(pair.Key))
                    .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString())),
                new(Count, count.Value.ToString(CultureInfo.InvariantCulture)),
            ],
            query.ContainsKey(SearchCursor.Parameter) ? query[SearchCursor.Parameter].ToString() : null);
        return request.At(seal, out problem);
    }

    /// <summary>A place as the text of a link.</summary>
    public string Format(CursorSeal seal, HistoryPlace place)
    {
        var bytes = new byte[sizeof(long) + sizeof(int) + Encoding.ASCII.GetByteCount(place.Id)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, place.LastUpdated.UtcTicks);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeof(long)), place.Version);
        Encoding.ASCII.GetBytes(place.Id, bytes.AsSpan(sizeof(long) + sizeof(int)));
        return seal.Seal(bytes, List);
    }

    private static string[] Values(IQueryCollection query, string name) => [.. query[name].Select(value => value ?? "")];

    private static int? ReadCount(IQueryCollection query, bool hasSamples)
    {
        if (!query.TryGetValue(Count, out var values))
        {
            return SearchOptions.DefaultCount;
        }

        var maximum = hasSamples ? SearchOptions.MaximumSampledCount : SearchOptions.MaximumCount;
        return values is [{ Length: > 0 } value] && value.All(char.IsAsciiDigit)
            ? int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Min(count, maximum) : maximum
            : null;
    }

    private HistoryRequest? At(CursorSeal seal, out FhirProblem? problem)
    {
        problem = null;
        if (Cursor is null)
        {
            return this;
        }

        if (seal.Open(Cursor, List) is not { Length: > sizeof(long) + sizeof(int) } bytes)
        {
            problem = SearchProblems.CursorInvalid.At("http." + SearchCursor.Parameter);
            return null;
        }

        var ticks = Math.Clamp(BinaryPrimitives.ReadInt64BigEndian(bytes), 0, DateTime.MaxValue.Ticks);
        var place = new HistoryPlace(
            new DateTimeOffset(ticks, TimeSpan.Zero),
            Encoding.ASCII.GetString(bytes.AsSpan(sizeof(long) + sizeof(int))),
            BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(sizeof(long))));
        return this with { Query = Query with { After = place } };
    }
}
