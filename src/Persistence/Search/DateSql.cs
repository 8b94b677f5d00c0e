namespace EcgIntegration.Persistence.Search;

/// <summary>
/// How the interval of a resource, from its first moment to its last, must lie to a value, which reaches from its first
/// moment to before its end.
/// </summary>
/// <param name="start">Column of the first moment.</param>
/// <param name="end">Column of the last; the same one where there are moments only.</param>
/// <param name="parameters">Takes the values.</param>
/// <param name="now">Where <see cref="DatePrefix.Ap"/> measures from.</param>
internal sealed class DateSql(string start, string end, SqlParameters parameters, DateTimeOffset now)
{
    private const double Approximation = 0.1;

    private bool HasSpans => start != end;

    /// <summary>The condition for one value, as one text.</summary>
    public string Of(DateValue value) => Parts(value) is [var one] ? one : $"({string.Join(" OR ", Parts(value))})";

    /// <summary>
    /// The condition for one value as one or two that exclude each other and hold between them what it holds: what starts within
    /// bounds, and the few spans that were begun before and reach over a moment. These have an index of their own.
    /// </summary>
    public IReadOnlyList<string> Parts(DateValue value)
    {
        var from = parameters.Moment(value.From);
        var until = parameters.Moment(value.Until);
        return value.Prefix switch
        {
            DatePrefix.Eq => [Within(from, until)],
            DatePrefix.Ne => [$"NOT ({Within(from, until)})"],
            DatePrefix.Gt => Reaching(from: until, past: until),
            DatePrefix.Ge => Reaching(from: from, past: until),
            DatePrefix.Lt => [$"{start} < {from}"],
            DatePrefix.Le => [HasSpans ? $"({start} < {until} AND ({start} < {from} OR {end} < {until}))" : $"{start} < {until}"],
            DatePrefix.Sa => [$"{start} >= {until}"],
            DatePrefix.Eb => [HasSpans ? $"({start} < {from} AND {end} < {from})" : $"{start} < {from}"],
            DatePrefix.Ap => Near(value),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };
    }

    private static DateTimeOffset Shift(DateTimeOffset moment, TimeSpan by) =>
        by < TimeSpan.Zero && moment - DateTimeOffset.MinValue < -by ? DateTimeOffset.MinValue
        : by > TimeSpan.Zero && DateTimeOffset.MaxValue - moment < by ? DateTimeOffset.MaxValue
        : moment + by;

    private string Within(string from, string until) => HasSpans
        ? $"({start} >= {from} AND {start} < {until} AND {end} < {until})"
        : $"({start} >= {from} AND {start} < {until})";

    private IReadOnlyList<string> Reaching(string from, string past) => HasSpans
        ? [$"{start} >= {from}", $"({start} < {from} AND {end} > {start} AND tstzrange({start}, {end}, '[]') @> {past})"]
        : [$"{start} >= {from}"];

    private IReadOnlyList<string> Near(DateValue value)
    {
        var slack = (now - value.From).Duration() * Approximation;
        var from = parameters.Moment(Shift(value.From, -slack));
        var until = parameters.Moment(Shift(value.Until, slack));
        return [.. Reaching(from, past: from).Select(part => $"({start} < {until} AND {part})")];
    }
}
