using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Signals.Tests.Fhir;

/// <summary>The many ways to write one ECG all read as the same recording.</summary>
public sealed class VariantTests
{
    public static TheoryData<VoltageUnit, string, bool> Forms => new(
        from unit in Enum.GetValues<VoltageUnit>()
        from system in new[] { LeadCodes.System, LeadCodes.SystemAlias }
        from interlaced in new[] { false, true }
        select (unit, system, interlaced));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Unit_code_system_and_interlacing_do_not_matter(VoltageUnit unit, string system, bool interlaced) =>
        AssertSame(Samples.Read(Samples.SmallJson(new ObservationFormat { Unit = unit, LeadSystem = system, Interlaced = interlaced })));

    [Fact]
    public void The_order_of_leads_does_not_matter()
    {
        var json = Samples.SmallJson();
        var components = json["component"]!.AsArray();
        var reversed = components.Select(component => component!.DeepClone()).Reverse().ToArray();
        json["component"] = new JsonArray(reversed);

        AssertSame(Samples.Read(json));
    }

    [Fact]
    public void The_order_of_properties_does_not_matter() => AssertSame(Samples.Read(Reversed(Samples.SmallJson())));

    [Fact]
    public void Named_dimensions_may_come_in_any_order() =>
        AssertSame(Samples.Read(Samples.SmallJson(new ObservationFormat { Interlaced = true, Leads = [.. LeadCodes.All.Reverse()] })));

    [Fact]
    public void Twelve_and_eight_unnamed_dimensions_have_the_usual_order()
    {
        var twelve = Samples.SmallJson(new ObservationFormat { Interlaced = true });
        var eight = Samples.SmallJson(new ObservationFormat { Interlaced = true, Leads = LeadCodes.Independent });
        foreach (var json in (JsonObject[])[twelve, eight])
        {
            json.Component(0)["code"] = JsonNode.Parse("""{"coding":[{"system":"urn:oid:2.16.840.1.113883.6.24","code":"131328"}]}""");
        }

        AssertSame(Samples.Read(twelve));
        var derived = Samples.Accepted(Samples.Read(eight));
        Assert.Equal([Lead.III, Lead.AVR, Lead.AVL, Lead.AVF], derived.Derived.Order());
        Assert.Equal(Samples.Small[Lead.V6], derived[Lead.V6]);
    }

    [Fact]
    public void A_panel_in_the_Observation_is_named_by_components_without_value()
    {
        var json = Samples.SmallJson(new ObservationFormat { Interlaced = true, Leads = [.. LeadCodes.All.Reverse()] });
        json["valueSampledData"] = json.Sampled(0).DeepClone();
        json["component"] = new JsonArray([.. LeadCodes.All.Reverse().Select(lead => JsonNode.Parse(
            $$$"""{"code":{"coding":[{"system":"{{{LeadCodes.System}}}","code":"{{{lead.Code()}}}"}]}}"""))]);

        AssertSame(Samples.Read(json));
    }

    [Fact]
    public void Eight_leads_give_the_limb_leads_by_Einthoven_and_Goldberger()
    {
        var recording = Samples.Accepted(Samples.Read(Samples.SmallJson(new ObservationFormat { Leads = LeadCodes.Independent })));

        Assert.Equal([Lead.III, Lead.AVR, Lead.AVL, Lead.AVF], recording.Derived.Order());
        for (var i = 0; i < recording.SampleCount; i++)
        {
            var (one, two) = (recording[Lead.I][i], recording[Lead.II][i]);
            Assert.Equal(two - one, recording[Lead.III][i]);
            Assert.Equal(-(one + two) / 2, recording[Lead.AVR][i]);
            Assert.Equal(one - (two / 2), recording[Lead.AVL][i]);
            Assert.Equal(two - (one / 2), recording[Lead.AVF][i]);
        }
    }

    [Fact]
    public void A_missing_chest_lead_is_never_derived_and_keeps_its_place()
    {
        var json = Samples.SmallJson();
        json.Component(8).Remove("valueSampledData");
        json.Component(8)["dataAbsentReason"] = new JsonObject();

        var recording = Samples.Accepted(Samples.Read(json));

        Assert.True(recording[Lead.V3].IndexOfAnyExcept(float.NaN) < 0);
        Assert.Empty(recording.Derived);
        Assert.Equal("component[8]", recording.Places[Lead.V3]);
    }

    [Fact]
    public void E_L_and_U_are_missing_and_outside()
    {
        var json = Samples.SmallJson();
        json.Sampled(7)["data"] = "1 E 3 L 5 U 7 8 9 10";

        var lead = Samples.Accepted(Samples.Read(json))[Lead.V2];

        Assert.Equal([1, float.NaN, 3, float.NegativeInfinity, 5, float.PositiveInfinity, 7, 8, 9, 10], lead.ToArray());
    }

    [Theory]
    [InlineData("""1\n2\t3\u00204\r5  6 7 8 9\u002e5 1\u0030 """, "1 2 3 4 5 6 7 8 9.5 10")]
    [InlineData("1.50 2e0 3E0 4e+0 500e-2 6.0000000000000000000 7 -8 9 0", "1.5 2 3 4 5 6 7 -8 9 0")]
    [InlineData("-0 0.0 -0.0 1 2 3 4 5 6 7", "0 0 0 1 2 3 4 5 6 7")]
    public void White_space_escapes_and_decimals_are_understood(string written, string plain)
    {
        var text = Samples.SmallJson().ToJsonString();
        var json = Samples.SmallJson();
        json.Sampled(4)["data"] = plain;
        var expected = Samples.Accepted(Samples.Read(json));
        var start = text.IndexOf("\"data\":\"", text.IndexOf("131391", StringComparison.Ordinal), StringComparison.Ordinal) + "\"data\":\"".Length;

        var actual = Samples.Accepted(Samples.Read(text[..start] + written + text[text.IndexOf('"', start)..]));

        Assert.Equal(expected.ComputeSha256(), actual.ComputeSha256());
    }

    [Theory]
    [InlineData("µV", null)]
    [InlineData("μV", null)]
    [InlineData("uV", null)]
    [InlineData("マイクロボルト", "uV")]
    public void A_microvolt_has_many_names(string unit, string? code)
    {
        var json = Samples.SmallJson(new ObservationFormat { Unit = VoltageUnit.Microvolt });
        foreach (var component in json["component"]!.AsArray())
        {
            var origin = component!["valueSampledData"]!["origin"]!.AsObject();
            origin.Remove("code");
            origin["unit"] = unit;
            if (code is not null)
            {
                origin["code"] = code;
            }
        }

        AssertSame(Samples.Read(json));
    }

    [Theory]
    [InlineData("MDC_ECG_ELEC_POTL_V6")]
    [InlineData("MDC_ECG_LEAD_V6")]
    [InlineData("131080")]
    public void Other_codes_of_the_nomenclature_name_the_same_lead(string code)
    {
        var json = Samples.SmallJson();
        json.Coding(11)["code"] = code;

        AssertSame(Samples.Read(json));
    }

    [Fact]
    public void Codings_beside_the_lead_and_other_components_are_ignored()
    {
        var json = Samples.SmallJson();
        json.Component(3)["code"]!["coding"]!.AsArray().Insert(0, JsonNode.Parse("""{"system":"http://loinc.org","code":"131329","display":"MDC_ECG_ELEC_POTL_I"}"""));
        json.Component(3)["code"]!["coding"]!.AsArray().Add(JsonNode.Parse($$"""{"code":"131390","system":"{{LeadCodes.SystemAlias}}"}"""));
        json["component"]!.AsArray().Insert(0, JsonNode.Parse("""{"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"valueQuantity":{"value":75,"unit":"/min"}}"""));
        json["component"]!.AsArray().Add(JsonNode.Parse("""{"code":{"text":"respiration"},"valueSampledData":{"origin":{"value":0},"period":20,"dimensions":1,"data":"1 2 3"}}"""));

        AssertSame(Samples.Read(json));
    }

    [Fact]
    public void Contained_resources_and_extensions_do_not_confuse()
    {
        var json = Samples.SmallJson();
        var decoy = Samples.SmallJson();
        decoy.Sampled(0)["data"] = "9 9 9";
        json["contained"] = new JsonArray(decoy.DeepClone());
        json["extension"] = new JsonArray(new JsonObject { ["url"] = "urn:x", ["valueSampledData"] = decoy.Sampled(0).DeepClone(), ["component"] = 1 });
        json.Sampled(0)["extension"] = new JsonArray(new JsonObject { ["data"] = "1", ["period"] = 7, ["factor"] = 0 });
        json.Sampled(0)["_data"] = new JsonObject { ["data"] = "1" };
        json.Sampled(0)["origin"]!["extension"] = new JsonArray(new JsonObject { ["code"] = "V" });

        AssertSame(Samples.Read(Reversed(json)));
    }

    [Fact]
    public void A_byte_order_mark_is_no_mistake() =>
        AssertSame(ObservationSignalReader.Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Samples.SmallJson().ToJsonString())]));

    [Theory]
    [InlineData(2.7778, 360)]
    [InlineData(2.777777777777778, 360)]
    [InlineData(3.90625, 256)]
    [InlineData(10, 100)]
    [InlineData(0.5, 2000)]
    [InlineData(1.95, 512.8205128205128)]
    public void Periods_rounded_by_the_sender_give_the_rate_that_was_meant(double period, double rate)
    {
        var json = Samples.SmallJson(new ObservationFormat { Interlaced = true });
        json.Sampled(0)["period"] = period;

        Assert.Equal(rate, Samples.Accepted(Samples.Read(json)).SamplingRate);
    }

    [Fact]
    public void The_example_of_the_FHIR_specification_is_refused_for_its_missing_unit()
    {
        var json = Samples.SmallJson();
        json["component"]!.AsArray().Clear();
        json["component"]!.AsArray().Add(JsonNode.Parse(
            """{"code":{"coding":[{"system":"urn:oid:2.16.840.1.113883.6.24","code":"131329"}]},"valueSampledData":{"origin":{"value":2048},"period":10,"factor":1.612,"lowerLimit":-3300,"upperLimit":3300,"dimensions":1,"data":"2041 2043"}}"""));

        Assert.Equal("unit-missing", Samples.Refused(Samples.Read(json)).Code);
    }

    private static void AssertSame(ReadResult result)
    {
        var recording = Samples.Accepted(result);
        Assert.Empty(recording.Derived);
        Assert.Equal(Samples.Small.ComputeSha256(), recording.ComputeSha256());
    }

    private static JsonNode Reversed(JsonNode node) => node switch
    {
        JsonObject json => new JsonObject(json.Reverse().Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Reversed(p.Value)))),
        JsonArray array => new JsonArray([.. array.Select(item => item is null ? null : Reversed(item))]),
        _ => node.DeepClone(),
    };
}
