using EcgIntegration.Signals.Quality;

namespace EcgIntegration.Signals.Tests.Quality;

public sealed class SignalQualityTests
{
    private const int Samples = 5_000;

    public static TheoryData<string> Records => new("1", "JS20003", "HR06005");

    [Theory]
    [MemberData(nameof(Records))]
    public void A_real_ECG_is_analysable(string record) => Assert.Empty(SignalQuality.Examine(TestData.Recording(record)));

    [Theory]
    [MemberData(nameof(Records))]
    public void Mains_wander_and_rounding_do_not_stop_a_real_ECG(string record)
    {
        var recording = Change(record, (lead, t, value) =>
            (float)(Math.Round((value + (0.8 * Math.Sin(t * 2 * Math.PI * 0.25 / 500)) + (lead >= Lead.V1 ? 0.1 * Math.Sin(t * 2 * Math.PI * 50 / 500) : 0)) * 200) / 200));

        // Wander of equal size in every limb lead contradicts Einthoven, so it is only put on chest leads.
        var chest = Change(record, (lead, t, value) => lead >= Lead.V1 ? recording[lead][t] : value);

        Assert.Empty(SignalQuality.Examine(chest));
    }

    [Fact]
    public void A_missing_lead_is_named_with_its_place()
    {
        var recording = Change("JS20003", (lead, _, value) => lead is Lead.V2 or Lead.V5 ? float.NaN : value);

        Assert.Equal([("lead-missing", "V2"), ("lead-missing", "V5")], Found(recording));
    }

    [Fact]
    public void Missing_and_outside_samples_are_counted()
    {
        var recording = Change("JS20003", (lead, t, value) =>
            lead == Lead.V2 && t < 7 ? float.NaN : lead == Lead.V3 && t is > 99 and < 109 ? float.PositiveInfinity : value);

        var reasons = SignalQuality.Examine(recording);

        Assert.Equal(["samples-missing", "lead-saturated"], reasons.Select(reason => reason.Code));
        Assert.Contains("lacks 7 of", reasons[0].En, StringComparison.Ordinal);
        Assert.Contains("9 samples", reasons[1].En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_recording_is_named_with_its_length()
    {
        var whole = TestData.Recording("1");
        var samples = LeadCodes.All.SelectMany(lead => whole[lead][..4_900].ToArray()).ToArray();

        var reason = Assert.Single(SignalQuality.Examine(new EcgRecording(500, 4_900, samples, new HashSet<Lead>())));

        Assert.Equal(("too-short", null), (reason.Code, reason.Where));
        Assert.Contains("lasts 9.8 s; at least 9.9 s", reason.En, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void A_lead_off_is_flat_whether_constant_wandering_or_for_a_while(string record)
    {
        Assert.Equal([("lead-flat", "V3")], Found(Change(record, Lead.V3, (_, _) => 0.3f)));
        Assert.Equal([("lead-flat", "V3")], Found(Change(record, Lead.V3, (t, _) => (float)(2 * Math.Sin(t * 2 * Math.PI * 0.2 / 500)) + (0.005f * (t % 2)))));
        Assert.Equal([("lead-flat", "V3")], Found(Change(record, Lead.V3, (t, value) => t is > 1_500 and < 4_000 ? 0.1f : value)));
    }

    [Fact]
    public void A_pause_of_the_heart_is_no_flat_lead()
    {
        var recording = Change("1", (_, t, value) => t is > 1_000 and < 3_600 ? 0 : value);

        Assert.DoesNotContain("lead-flat", Found(recording).Select(reason => reason.Code));
    }

    [Fact]
    public void A_recording_without_any_beat_is_flat_in_every_lead() =>
        Assert.Equal(12, Found(Change("1", (_, t, _) => 0.002f * (t % 3))).Count(reason => reason.Code == "lead-flat"));

    [Theory]
    [InlineData("1")]
    [InlineData("JS20003")]
    public void Clipped_peaks_are_saturation(string record)
    {
        var v4 = TestData.Recording(record)[Lead.V4].ToArray();
        var level = v4.Max() * 0.5f;

        Assert.Contains(("lead-saturated", "V4"), Found(Change(record, Lead.V4, (_, value) => Math.Min(value, level))));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(60)]
    public void A_lead_of_mains_alone_is_noise(int hertz) =>
        Assert.Equal([("lead-noise", "V5")], Found(Change("JS20003", Lead.V5, (t, _) => (float)(0.4 * Math.Sin(t * 2 * Math.PI * hertz / 500)))));

    [Fact]
    public void A_lead_of_white_noise_is_noise()
    {
        var random = new Random(1);
        Assert.Equal([("lead-noise", "V5")], Found(Change("JS20003", Lead.V5, (_, _) => (float)(random.NextDouble() - 0.5))));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void An_inverted_limb_lead_contradicts_Einthoven(string record)
    {
        for (var lead = Lead.I; lead <= Lead.AVF; lead++)
        {
            Assert.Contains("limb-leads-contradict", Found(Change(record, lead, (_, value) => -value)).Select(reason => reason.Code));
        }
    }

    [Theory]
    [InlineData(Lead.I, Lead.II)]
    [InlineData(Lead.AVR, Lead.AVL)]
    [InlineData(Lead.III, Lead.V1)]
    [InlineData(Lead.II, Lead.V2)]
    public void Exchanged_leads_contradict_Einthoven(Lead one, Lead other)
    {
        foreach (var record in (string[])["1", "JS20003", "HR06005"])
        {
            var source = TestData.Recording(record);
            var exchanged = Change(record, (lead, t, value) => lead == one ? source[other][t] : lead == other ? source[one][t] : value);

            Assert.Contains("limb-leads-contradict", Found(exchanged).Select(reason => reason.Code));
        }
    }

    [Theory]
    [InlineData("JS20003")]
    [InlineData("HR06005")]
    [InlineData("1")]
    public void A_limb_lead_of_another_gain_contradicts_Einthoven_though_its_shape_is_right(string record)
    {
        Assert.Contains("limb-leads-contradict", Found(Change(record, Lead.III, (_, value) => 2 * value)).Select(reason => reason.Code));
        Assert.Contains("limb-leads-contradict", Found(Change(record, Lead.AVL, (_, value) => 3 * value)).Select(reason => reason.Code));
        Assert.Contains("limb-leads-contradict", Found(Change(record, (lead, _, value) =>
            lead switch { Lead.I => 1.25f * value, Lead.II => 0.575f * value, _ => value })).Select(reason => reason.Code));
    }

    [Fact]
    public void The_gain_is_found_in_an_ECG_of_LUDB_in_true_voltage_and_not_by_its_header_that_scales_each_lead()
    {
        var record = TestData.Record("1");
        var millivolts = record.Signals.SelectMany(signal => signal.Counts.Select(count => count / 1000f)).ToArray();
        Assert.Empty(SignalQuality.Examine(new EcgRecording(500, Samples, millivolts, new HashSet<Lead>())));
        for (var i = 2 * Samples; i < 3 * Samples; i++)
        {
            millivolts[i] *= 1.5f;
        }

        Assert.Equal(
            [("limb-leads-contradict", "III")],
            Found(new EcgRecording(500, Samples, millivolts, new HashSet<Lead>())));
    }

    [Fact]
    public void Exchanged_electrodes_of_the_arms_obey_Einthoven_and_are_not_found()
    {
        var source = TestData.Recording("JS20003");

        Assert.Empty(Found(Change("JS20003", (lead, t, value) => lead switch
        {
            Lead.I => -value,
            Lead.II => source[Lead.III][t],
            Lead.III => source[Lead.II][t],
            Lead.AVR => source[Lead.AVL][t],
            Lead.AVL => source[Lead.AVR][t],
            _ => value,
        })));
    }

    [Fact]
    public void A_lead_one_sample_late_is_forgiven()
    {
        var source = TestData.Recording("JS20003");

        Assert.Empty(Found(Change("JS20003", Lead.AVR, (t, _) => source[Lead.AVR][Math.Max(0, t - 1)])));
    }

    private static (string Code, string? Where)[] Found(EcgRecording recording) =>
        [.. SignalQuality.Examine(recording).Select(reason => (reason.Code, reason.Where))];

    private static EcgRecording Change(string record, Lead lead, Func<int, float, float> change) =>
        Change(record, (each, t, value) => each == lead ? change(t, value) : value);

    private static EcgRecording Change(string record, Func<Lead, int, float, float> change)
    {
        var samples = TestData.Recording(record).Millivolts.ToArray();
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = change((Lead)(i / Samples), i % Samples, samples[i]);
        }

        return new EcgRecording(500, Samples, samples, new HashSet<Lead>());
    }
}
