using System.Globalization;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Tests.Fhir.Search;

public sealed class SearchDateTests
{
    [Theory]
    [InlineData("2026", "2025-12-31T15:00:00Z", "2026-12-31T15:00:00Z")]
    [InlineData("2026-02", "2026-01-31T15:00:00Z", "2026-02-28T15:00:00Z")]
    [InlineData("2024-02-29", "2024-02-28T15:00:00Z", "2024-02-29T15:00:00Z")]
    [InlineData("2026-04-01T09:30", "2026-04-01T00:30:00Z", "2026-04-01T00:31:00Z")]
    [InlineData("2026-04-01T09:30:15", "2026-04-01T00:30:15Z", "2026-04-01T00:30:16Z")]
    [InlineData("2026-04-01T09:30Z", "2026-04-01T09:30:00Z", "2026-04-01T09:31:00Z")]
    [InlineData("2026-04-01T09:30:15+09:00", "2026-04-01T00:30:15Z", "2026-04-01T00:30:16Z")]
    [InlineData("2026-04-01T09:30:15 09:00", "2026-04-01T00:30:15Z", "2026-04-01T00:30:16Z")]
    [InlineData("2026-04-01T09:30:15-03:30", "2026-04-01T13:00:15Z", "2026-04-01T13:00:16Z")]
    [InlineData("2026-04-01T09:30:15.25Z", "2026-04-01T09:30:15.25Z", "2026-04-01T09:30:15.26Z")]
    [InlineData("2026-04-01T09:30:15.123456789Z", "2026-04-01T09:30:15.123456Z", "2026-04-01T09:30:15.123457Z")]
    [InlineData("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z")]
    public void A_date_is_the_interval_it_means_in_japan_where_it_names_no_zone(string text, string from, string until)
    {
        var value = SearchDate.Parse(text);

        Assert.NotNull(value);
        Assert.Equal((DatePrefix.Eq, At(from), At(until)), (value.Prefix, value.From, value.Until));
    }

    [Theory]
    [InlineData("eq", DatePrefix.Eq)]
    [InlineData("ne", DatePrefix.Ne)]
    [InlineData("gt", DatePrefix.Gt)]
    [InlineData("lt", DatePrefix.Lt)]
    [InlineData("ge", DatePrefix.Ge)]
    [InlineData("le", DatePrefix.Le)]
    [InlineData("sa", DatePrefix.Sa)]
    [InlineData("eb", DatePrefix.Eb)]
    [InlineData("ap", DatePrefix.Ap)]
    public void Every_prefix_is_read(string prefix, DatePrefix expected) => Assert.Equal(expected, SearchDate.Parse(prefix + "2026-04-01")?.Prefix);

    [Theory]
    [InlineData("0001", 0)]
    [InlineData("0001-01-01T00:00:00+09:00", 0)]
    [InlineData("9999", 1)]
    [InlineData("9999-12-31", 1)]
    [InlineData("9999-12-31T23:59:59Z", 1)]
    public void The_calendar_s_ends_are_dates_as_well(string text, int end)
    {
        var value = SearchDate.Parse(text);

        Assert.NotNull(value);
        Assert.Equal(end == 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue, end == 0 ? value.From : value.Until);
        Assert.True(value.From < value.Until || text.StartsWith("0001-01-01T", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gt")]
    [InlineData("xx2026")]
    [InlineData("GT2026")]
    [InlineData("26")]
    [InlineData("0000")]
    [InlineData("2026-13")]
    [InlineData("2026-02-30")]
    [InlineData("2026-4-1")]
    [InlineData("2026/04/01")]
    [InlineData("2026-04-01T9:30")]
    [InlineData("2026-04-01T24:00")]
    [InlineData("2026-04-01T09")]
    [InlineData("2026-04-01T09:30:60")]
    [InlineData("2026-04-01T09:30:15+15:00")]
    [InlineData("2026-04-01Z")]
    [InlineData("２０２６")]
    [InlineData("2026\n")]
    [InlineData("today")]
    public void What_is_no_date_is_none(string text) => Assert.Null(SearchDate.Parse(text));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
