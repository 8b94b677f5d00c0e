using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Signals.Tests.Fhir;

/// <summary>Every reason of the reader, with its place.</summary>
public sealed class RefusalTests
{
    private static readonly Dictionary<string, (string Code, string? Where, Action<JsonObject> Change)> Changes = new()
    {
        ["patient"] = ("not-observation", null, j => j["resourceType"] = "Patient"),
        ["no resourceType"] = ("not-observation", null, j => j.Remove("resourceType")),
        ["component is an object"] = ("structure-invalid", "component", j => j["component"] = new JsonObject()),
        ["component element is null"] = ("structure-invalid", "component[3]", j => j["component"]![3] = null),
        ["component code is text"] = ("structure-invalid", "component[3]", Each(j => j.Component(3)["code"] = "131390", j => j.Sampled(3)["dimensions"] = 12)),
        ["sampled data is an array"] = ("structure-invalid", "component[2]", j => j.Component(2)["valueSampledData"] = new JsonArray()),
        ["modifier of the Observation"] = ("modifier-extension", null, j => j["modifierExtension"] = new JsonArray()),
        ["modifier of a lead"] = ("modifier-extension", "component[4]", j => j.Component(4)["modifierExtension"] = new JsonArray()),
        ["no component"] = ("no-ecg-waveform", null, j => j.Remove("component")),
        ["measurements only"] = ("no-ecg-waveform", null, j => j["component"] = JsonNode.Parse("""[{"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"valueQuantity":{"value":75}}]""")),
        ["unknown lead code"] = ("lead-code-unknown", "component[6]", j => j.Coding(6)["code"] = "999999"),
        ["lead code of another system"] = ("lead-code-unknown", "component[6]", j => j.Coding(6)["system"] = "http://loinc.org"),
        ["display alone"] = ("lead-code-unknown", "component[6]", j => j.Coding(6).Remove("code")),
        ["two leads in one code"] = ("lead-code-ambiguous", "component[1]", j => j.Component(1)["code"]!["coding"]!.AsArray().Add(j.Coding(2).DeepClone())),
        ["lead twice"] = ("lead-duplicate", "component[1]", j => j.Coding(1)["code"] = "131329"),
        ["factor zero"] = ("factor-invalid", "component[0]", j => j.Sampled(0)["factor"] = 0),
        ["factor text"] = ("factor-invalid", "component[0]", j => j.Sampled(0)["factor"] = "1"),
        ["factor underflows"] = ("factor-invalid", "component[0]", j => j.Sampled(0)["factor"] = JsonNode.Parse("1e-400")),
        ["factor overflows"] = ("factor-invalid", "component[0]", j => j.Sampled(0)["factor"] = JsonNode.Parse("1e999")),
        ["period missing"] = ("period-invalid", "component[11]", j => j.Sampled(11).Remove("period")),
        ["period zero"] = ("period-invalid", "component[11]", j => j.Sampled(11)["period"] = 0),
        ["period negative"] = ("period-invalid", "component[11]", j => j.Sampled(11)["period"] = -2),
        ["period text"] = ("period-invalid", "component[11]", j => j.Sampled(11)["period"] = "NaN"),
        ["period overflows"] = ("period-invalid", "component[11]", j => j.Sampled(11)["period"] = JsonNode.Parse("1e999")),
        ["rate too low"] = ("rate-out-of-range", "component[0]", j => j.Sampled(0)["period"] = 10.1),
        ["rate too high"] = ("rate-out-of-range", "component[0]", j => j.Sampled(0)["period"] = 0.4),
        ["dimensions missing"] = ("dimensions-invalid", "component[5]", j => j.Sampled(5).Remove("dimensions")),
        ["dimensions zero"] = ("dimensions-invalid", "component[5]", j => j.Sampled(5)["dimensions"] = 0),
        ["dimensions of a lead"] = ("dimensions-invalid", "component[5]", j => j.Sampled(5)["dimensions"] = 2),
        ["dimensions fraction"] = ("dimensions-invalid", "component[5]", j => j.Sampled(5)["dimensions"] = 1.5),
        ["origin missing"] = ("origin-invalid", "component[2]", j => j.Sampled(2).Remove("origin")),
        ["origin a number"] = ("origin-invalid", "component[2]", j => j.Sampled(2)["origin"] = 0),
        ["origin without value"] = ("origin-invalid", "component[2]", j => j.Sampled(2)["origin"]!.AsObject().Remove("value")),
        ["origin overflows"] = ("origin-invalid", "component[2]", j => j.Sampled(2)["origin"]!["value"] = JsonNode.Parse("1e999")),
        ["no unit"] = ("unit-missing", "component[2]", Each(j => Origin(j).Remove("unit"), j => Origin(j).Remove("code"))),
        ["unknown code"] = ("unit-unknown", "component[2]", j => Origin(j)["code"] = "mm[Hg]"),
        ["wrong case"] = ("unit-unknown", "component[2]", j => Origin(j)["code"] = "MV"),
        ["unknown unit"] = ("unit-unknown", "component[2]", Each(j => Origin(j).Remove("code"), j => Origin(j)["unit"] = "counts")),
        ["code of another system"] = ("unit-unknown", "component[2]", Each(j => Origin(j).Remove("unit"), j => Origin(j)["system"] = "urn:example")),
        ["unit against code"] = ("unit-ambiguous", "component[2]", j => Origin(j)["unit"] = "uV"),
        ["R5 interval"] = ("r5-sampled-data", "component[7]", Each(j => j.Sampled(7).Remove("period"), j => j.Sampled(7)["interval"] = 2, j => j.Sampled(7)["intervalUnit"] = "ms")),
        ["R5 code map"] = ("r5-sampled-data", "component[7]", j => j.Sampled(7)["codeMap"] = "http://example.org/map"),
        ["R5 offsets"] = ("r5-sampled-data", "component[7]", j => j.Sampled(7)["offsets"] = "1 2"),
        ["no data"] = ("data-missing", "component[9]", j => j.Sampled(9).Remove("data")),
        ["data empty"] = ("data-missing", "component[9]", j => j.Sampled(9)["data"] = " "),
        ["data a number"] = ("data-missing", "component[9]", j => j.Sampled(9)["data"] = 1),
        ["bad token"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 x 4 5 6 7 8 9 10"),
        ["hexadecimal"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 0x1F 4 5 6 7 8 9 10"),
        ["NaN"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 NaN 4 5 6 7 8 9 10"),
        ["plus sign"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 +3 4 5 6 7 8 9 10"),
        ["no digits"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 - 4 5 6 7 8 9 10"),
        ["bare point"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 3. 4 5 6 7 8 9 10"),
        ["silly exponent"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 1e99999 4 5 6 7 8 9 10"),
        ["comma"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1,2,3,4,5,6,7,8,9,10"),
        ["not even a voltage"] = ("data-token-invalid", "component[9]", j => j.Sampled(9)["data"] = "1 2 1e300 4 5 6 7 8 9 10"),
        ["shorter lead"] = ("lengths-differ", "component[10]", j => j.Sampled(10)["data"] = "1 2 3"),
        ["longer lead"] = ("lengths-differ", "component[10]", j => j.Sampled(10)["data"] = "1 2 3 4 5 6 7 8 9 10 11"),
        ["other rate"] = ("rates-differ", "component[10]", j => j.Sampled(10)["period"] = 4),
        ["scale"] = ("scale-implausible", "component[8]", j => j.Sampled(8)["factor"] = 10),
    };

    public static TheoryData<string> Names => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_change_is_refused_with_its_reason_and_place(string name)
    {
        var (code, where, change) = Changes[name];
        var json = Samples.SmallJson();
        change(json);

        var reason = Samples.Refused(Samples.Read(json));

        Assert.Equal((code, where), (reason.Code, reason.Where));
    }

    [Fact]
    public void Every_wrong_lead_gets_its_own_reason()
    {
        var json = Samples.SmallJson();
        json.Sampled(2)["period"] = 0;
        json.Sampled(5)["origin"]!["code"] = "K";
        json.Sampled(9)["factor"] = 0;

        var result = Samples.Read(json);

        Assert.Equal(["component[2]", "component[5]", "component[9]"], result.Reasons.Select(reason => reason.Where));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("{", 1)]
    [InlineData("not JSON", 0)]
    [InlineData("""{"resourceType":"Observation"} {}""", 31)]
    public void What_is_not_JSON_is_refused_at_its_byte(string text, int position)
    {
        var reason = Samples.Refused(Samples.Read(text));

        Assert.Equal("json-invalid", reason.Code);
        Assert.Contains($"byte {position}.", reason.En, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"Observation\"")]
    public void Another_JSON_value_is_no_Observation(string text) =>
        Assert.Equal("not-observation", Samples.Refused(Samples.Read(text)).Code);

    [Fact]
    public void Ten_thousand_levels_are_refused() =>
        Assert.Equal("json-invalid", Samples.Refused(Samples.Read(
            """{"resourceType":"Observation","extension":""" + new string('[', 10_000) + new string(']', 10_000) + "}")).Code);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() =>
        Assert.Equal("json-invalid", Samples.Refused(ObservationSignalReader.Read([0xFF, 0xFE, 0x7B, 0x00])).Code);

    [Theory]
    [InlineData("component")]
    [InlineData("code")]
    [InlineData("valueSampledData")]
    [InlineData("period")]
    [InlineData("value")]
    public void A_property_that_stands_twice_is_refused(string property)
    {
        // The last property of its name is written again with another value; JsonNode would not hold both.
        var text = Samples.SmallJson().ToJsonString();
        var at = text.LastIndexOf($"\"{property}\":", StringComparison.Ordinal);
        var twice = text.Insert(at, $"\"{property}\":{(property is "period" or "value" ? "4" : property == "component" ? "[]" : "{}")},");

        var reasons = Samples.Read(twice).Reasons;

        Assert.Contains("property-duplicate", reasons.Select(reason => reason.Code));
    }

    [Fact]
    public void A_huge_data_string_is_refused_without_being_kept()
    {
        var json = Samples.SmallJson();
        json.Sampled(0)["data"] = "*";
        var text = Encoding.UTF8.GetBytes(json.ToJsonString().Replace("\"*\"", '"' + string.Concat(Enumerable.Repeat("1 ", 25_000_000)) + '"', StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reason = Samples.Refused(ObservationSignalReader.Read(text));

        Assert.Equal(("too-long", "component[0]"), (reason.Code, reason.Where));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void A_million_waveforms_are_refused_without_being_kept()
    {
        const string Component = """{"valueSampledData":{}},""";
        var text = Encoding.UTF8.GetBytes($$"""{"resourceType":"Observation","component":[{{string.Concat(Enumerable.Repeat(Component, 1_000_000))}}{}]}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reason = Samples.Refused(ObservationSignalReader.Read(text));

        Assert.Equal("too-many-waveforms", reason.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Theory]
    [InlineData(7, "panel-leads-unknown")]
    [InlineData(12, "data-count-mismatch")]
    public void An_interlaced_waveform_must_say_what_it_holds(int dimensions, string code)
    {
        var json = Samples.SmallJson(new ObservationFormat { Interlaced = true });
        var coding = json.Component(0)["code"]!["coding"]!.AsArray();
        while (coding.Count > 1)
        {
            coding.RemoveAt(1);
        }

        json.Sampled(0)["dimensions"] = dimensions;
        json.Sampled(0)["data"] = json.Sampled(0)["data"]!.GetValue<string>() + " 1 1";

        var reason = Samples.Refused(Samples.Read(json));

        Assert.Equal((code, "component[0]"), (reason.Code, reason.Where));
    }

    private static Action<JsonObject> Each(params Action<JsonObject>[] changes) => json => Array.ForEach(changes, change => change(json));

    private static JsonObject Origin(JsonObject json) => json.Sampled(2)["origin"]!.AsObject();
}
