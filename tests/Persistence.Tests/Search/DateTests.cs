using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Search.DatePrefix;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

/// <summary>Intervals against intervals. The clock stands at 2026-04-01T00:00Z; days are days in Japan.</summary>
public sealed class DateTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Moment = "\"effectiveDateTime\": \"2026-03-31T10:00:00+09:00\"";
    private const string Day = "\"effectiveDateTime\": \"2026-03-31\"";
    private const string Month = "\"effectiveDateTime\": \"2026-03\"";
    private const string Week = "\"effectivePeriod\": {\"start\": \"2026-03-29\", \"end\": \"2026-04-04\"}";
    private const string Open = "\"effectivePeriod\": {\"start\": \"2026-03-29\"}";
    private const string Ended = "\"effectivePeriod\": {\"end\": \"2026-03-31\"}";
    private const string Timing = "\"effectiveTiming\": {\"event\": [\"2026-03-20\", \"2026-04-10T00:00:00Z\"]}";

    /// <summary>A resource, a value's first moment and end, and the prefixes that hold.</summary>
    public static TheoryData<string, string, string, string> Cases => new()
    {
        // A moment, by its second, its day, the days beside it, and in another zone.
        { Moment, "2026-03-31T10:00:00+09:00", "2026-03-31T10:00:01+09:00", "Eq Ge Le Ap" },
        { Moment, "2026-03-31T01:00:00Z", "2026-03-31T01:00:00.001Z", "Eq Ge Le Ap" },
        { Moment, "2026-03-31T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "Eq Ge Le Ap" },
        { Moment, "2026-03-31T00:00:00-05:00", "2026-04-01T00:00:00-05:00", "Ne Lt Le Eb" },
        { Moment, "2026-03-30T00:00:00+09:00", "2026-03-31T00:00:00+09:00", "Ne Gt Ge Sa" },
        { Moment, "2026-04-01T00:00:00+09:00", "2026-04-02T00:00:00+09:00", "Ne Lt Le Eb" },
        { Moment, "2016-01-01T00:00:00Z", "2016-01-02T00:00:00Z", "Ne Gt Ge Sa" },
        { Moment, "2026-03-31T10:00:00.001+09:00", "2026-03-31T10:00:00.002+09:00", "Ne Lt Le Eb Ap" },
        // The end of a value is no longer in it.
        { Moment, "2026-03-31T09:00:00+09:00", "2026-03-31T10:00:00+09:00", "Ne Gt Ge Sa Ap" },
        // A day within a month, as itself, and cut by the borders of a day elsewhere.
        { Day, "2026-03-01T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "Eq Ge Le Ap" },
        { Day, "2026-03-31T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "Eq Ge Le Ap" },
        { Day, "2026-03-31T00:00:00Z", "2026-04-01T00:00:00Z", "Ne Lt Le Ap" },
        { Day, "2026-03-30T00:00:00Z", "2026-03-31T00:00:00Z", "Ne Gt Ge Ap" },
        { Day, "2026-03-31T10:00:00+09:00", "2026-03-31T10:00:01+09:00", "Ne Gt Ge Lt Le Ap" },
        { Day, "2026-04-01T00:00:00+09:00", "2026-04-02T00:00:00+09:00", "Ne Lt Le Eb Ap" },
        { Month, "2026-03-31T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "Ne Lt Le Ap" },
        { Month, "2026-03-01T00:00:00+09:00", "2026-03-02T00:00:00+09:00", "Ne Gt Ge Ap" },
        { Month, "2026-01-01T00:00:00+09:00", "2027-01-01T00:00:00+09:00", "Eq Ge Le Ap" },
        // A span over the value, at its ends, and open.
        { Week, "2026-03-31T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "Ne Gt Ge Lt Le Ap" },
        { Week, "2026-03-29T00:00:00+09:00", "2026-03-30T00:00:00+09:00", "Ne Gt Ge Ap" },
        { Week, "2026-04-04T00:00:00+09:00", "2026-04-05T00:00:00+09:00", "Ne Lt Le Ap" },
        { Week, "2026-03-29T00:00:00+09:00", "2026-04-05T00:00:00+09:00", "Eq Ge Le Ap" },
        { Open, "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "Ne Gt Ge Lt Le Ap" },
        { Open, "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z", "Ne Gt Ge Sa" },
        { Ended, "1999-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "Ne Gt Ge Lt Le Ap" },
        { Ended, "2026-04-01T00:00:00+09:00", "2026-04-02T00:00:00+09:00", "Ne Lt Le Eb Ap" },
        { Timing, "2026-03-31T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "Ne Gt Ge Lt Le Ap" },
        { Timing, "2026-03-20T00:00:00+09:00", "2026-04-11T00:00:00+09:00", "Eq Ge Le Ap" },
        // Nothing to compare.
        { "", "2026-03-31T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "" },
        { "\"effectiveDateTime\": \"soon\"", "2026-03-31T00:00:00+09:00", "2026-04-01T00:00:00+09:00", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Prefixes_compare_intervals(string members, string from, string until, string holding)
    {
        var id = await database.StoreAsync("Observation", $"{members}{(members.Length > 0 ? "," : "")} \"status\": \"final\"");
        var expected = holding.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<DatePrefix>).ToHashSet();
        foreach (var prefix in Enum.GetValues<DatePrefix>())
        {
            var criterion = Where("Observation", "date", Value(prefix, from, until));
            // Alone by the date, through the worklist, and beside the id: three ways.
            Assert.Equal((prefix, expected.Contains(prefix)), (prefix, (await database.FindAsync("Observation", [criterion])).Contains(id)));
            Assert.Equal((prefix, expected.Contains(prefix)), (prefix, (await database.FindAsync("Observation", [criterion, Where("Observation", "status", Token("final"))])).Contains(id)));
            Assert.Equal((prefix, expected.Contains(prefix)), (prefix, await database.HoldsAsync("Observation", id, Where("Observation", "date", criterion.AnyOf[0], Value(Eq, "1800-01-01T00:00:00Z", "1800-01-02T00:00:00Z")))));
        }
    }

    [Theory]
    [InlineData("2026-03-25T00:00:00Z", true)]
    [InlineData("2026-03-20T00:00:00Z", false)]
    public async Task Approximately_reaches_a_tenth_of_the_distance_from_now(string stored, bool found)
    {
        // Ten days ago: a day on either side.
        var id = await database.StoreAsync("Task", $"\"authoredOn\": \"{stored}\"");
        var value = found ? Value(Ap, "2026-03-24T12:00:00Z", "2026-03-24T12:00:01Z") : Value(Ap, "2026-03-22T00:00:00Z", "2026-03-22T00:00:01Z");
        Assert.Equal(found, await database.HoldsAsync("Task", id, Where("Task", "authored-on", value)));
    }

    [Theory]
    [InlineData(Gt, false)]
    [InlineData(Ge, true)]
    [InlineData(Lt, false)]
    [InlineData(Le, true)]
    [InlineData(Eq, true)]
    [InlineData(Ne, false)]
    [InlineData(Sa, false)]
    [InlineData(Eb, false)]
    public async Task Stored_moments_are_compared_to_the_microsecond(DatePrefix prefix, bool found)
    {
        var at = new DateTimeOffset(2026, 4, 1, 12, 0, 0, TimeSpan.FromHours(9)).AddMicroseconds(1);
        var id = await database.StoreAsync("Device", "", at: at);
        var criterion = Where("Device", "_lastUpdated", new DateValue(prefix, at, at.AddMicroseconds(1)));
        Assert.Equal(found, await database.HoldsAsync("Device", id, criterion));
        Assert.Equal(found, (await database.FindAsync("Device", [criterion])).Contains(id));
    }

    [Fact]
    public async Task The_second_date_of_a_type_can_be_a_span_too()
    {
        var id = await database.StoreAsync("Task", "\"lastModified\": \"2025-05\"");
        Assert.Contains(id, await database.FindAsync("Task", [Where("Task", "modified", Value(Ge, "2025-05-31T00:00:00+09:00", "2025-05-31T12:00:00+09:00"))]));
        Assert.DoesNotContain(id, await database.FindAsync("Task", [Where("Task", "modified", Value(Ge, "2025-06-01T00:00:00+09:00", "2025-06-02T00:00:00+09:00"))]));
    }

    [Theory]
    [InlineData("0001")]
    [InlineData("0001-01-01")]
    [InlineData("9999")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task The_ends_of_the_calendar_are_dates(string birth)
    {
        var id = await database.StoreAsync("Patient", $"\"birthDate\": \"{birth}\"");
        Assert.True(await database.HoldsAsync("Patient", id, Where("Patient", "birthdate", new DateValue(birth[0] == '9' ? Gt : Lt, Moments(2000), Moments(2001)))));
        Assert.True(await database.HoldsAsync("Patient", id, Where("Patient", "birthdate", new DateValue(Ne, DateTimeOffset.MinValue, DateTimeOffset.MinValue))));
        Assert.Contains(id, await database.FindAsync("Patient", [], 2, By("Patient", "birthdate", descending: true)));
        static DateTimeOffset Moments(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    private static DateValue Value(DatePrefix prefix, string from, string until) =>
        new(prefix, DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture));
}
