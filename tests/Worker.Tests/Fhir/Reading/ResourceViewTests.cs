using System.Text;
using System.Text.Json;
using EcgIntegration.Worker.Fhir.Reading;

namespace EcgIntegration.Worker.Tests.Fhir.Reading;

public sealed class ResourceViewTests
{
    private const string Observation =
        """
        {"resourceType":"Observation","id":"o1","meta":{"versionId":"3","tag":[{"system":"urn:x","code":"keep"}],"profile":["http://x"]},
         "language":"ja","text":{"status":"generated","div":"<div>心電図</div>"},"contained":[{"resourceType":"Patient","id":"p"}],
         "extension":[{"url":"http://x","valueDecimal":1.0}],"modifierExtension":[{"url":"http://m","valueBoolean":true}],
         "status":"final","_status":{"extension":[{"url":"http://why","valueCode":"x"}]},
         "category":[{"text":"c"}],"code":{"coding":[{"system":"http://loinc.org","code":"11524-6","userSelected":true}],"text":"心電図"},
         "effectiveDateTime":"2026-04-01","note":[{"text":"n"}],
         "component":[{"code":{"text":"I"},"interpretation":[{"text":"i"}],"extension":[{"url":"http://e","valueInteger":1}],
           "valueSampledData":{"origin":{"value":0.00,"unit":"mV"},"period":2.0,"factor":1e-3,"dimensions":1,"data":"1 2 3"}}],
         "nonsense":1}
        """;

    [Fact]
    public void A_summary_has_the_elements_of_the_standard_s_to_any_depth_with_their_digits()
    {
        var summary = Show(new(ViewMode.Summary, []));

        Assert.Equal(
            ["resourceType", "id", "meta", "modifierExtension", "status", "_status", "code", "effectiveDateTime", "component"], Names(summary));
        Assert.Equal(["code", "extension", "valueSampledData"], Names(summary.GetProperty("component")[0]));
        var data = summary.GetProperty("component")[0].GetProperty("valueSampledData");
        Assert.Equal(["origin", "period", "factor", "dimensions"], Names(data));
        Assert.Equal(("0.00", "2.0", "1e-3"), (data.GetProperty("origin").GetProperty("value").GetRawText(), data.GetProperty("period").GetRawText(), data.GetProperty("factor").GetRawText()));
        Assert.Equal("""{"coding":[{"system":"http://loinc.org","code":"11524-6","userSelected":true}],"text":"心電図"}""", summary.GetProperty("code").GetRawText());
    }

    [Fact]
    public void A_narrative_comes_with_what_must_not_be_missing() => Assert.Equal(
        ["resourceType", "id", "meta", "text", "modifierExtension", "status", "_status", "code"], Names(Show(new(ViewMode.Text, []))));

    [Fact]
    public void Data_is_all_but_the_narrative() => Assert.Equal(
        Names(JsonDocument.Parse(Observation).RootElement).Where(name => name != "text"), Names(Show(new(ViewMode.Data, []))));

    [Fact]
    public void Elements_come_with_what_must_not_be_missing()
    {
        var shown = Show(new(ViewMode.Elements, ["effective", "note"]));
        Assert.Equal(["resourceType", "id", "meta", "modifierExtension", "status", "_status", "code", "effectiveDateTime", "note"], Names(shown));
    }

    [Theory]
    [InlineData(nameof(ViewMode.Summary))]
    [InlineData(nameof(ViewMode.Text))]
    [InlineData(nameof(ViewMode.Data))]
    [InlineData(nameof(ViewMode.Elements))]
    public void A_part_says_that_it_is_one_beside_the_tags_there_are(string name)
    {
        var mode = Enum.Parse<ViewMode>(name);
        var meta = Show(new(mode, [])).GetProperty("meta");
        Assert.Equal(["keep", "SUBSETTED"], meta.GetProperty("tag").EnumerateArray().Select(tag => tag.GetProperty("code").GetString()));
        Assert.Equal("3", meta.GetProperty("versionId").GetString());
        var without = ResourceSubset.Write("Task", """{"resourceType":"Task","id":"t","status":"requested"}"""u8.ToArray(), new(mode, []));
        Assert.Equal("SUBSETTED", JsonDocument.Parse(without).RootElement.GetProperty("meta").GetProperty("tag")[0].GetProperty("code").GetString());
    }

    [Fact]
    public void A_whole_resource_is_the_very_same_bytes()
    {
        ReadOnlyMemory<byte> json = Encoding.UTF8.GetBytes(Observation);
        Assert.Equal(json, ResourceView.Whole.Show("Observation", json));
    }

    [Fact]
    public void Names_of_any_length_and_escaped_names_do_no_harm()
    {
        var json = $$"""{"resourceType":"Task","st\u0061tus":"requested","{{new string('x', 1000)}}":[1],"for":{"{{new string('y', 1000)}}":{},"reference":"Patient/1"} }""";
        var shown = JsonDocument.Parse(ResourceSubset.Write("Task", Encoding.UTF8.GetBytes(json), new(ViewMode.Summary, []))).RootElement;
        Assert.Equal("requested", shown.GetProperty("status").GetString());
        Assert.Equal(["reference"], Names(shown.GetProperty("for")));
    }

    private static JsonElement Show(ResourceView view) =>
        JsonDocument.Parse(view.Show("Observation", Encoding.UTF8.GetBytes(Observation))).RootElement;

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(member => member.Name);
}
