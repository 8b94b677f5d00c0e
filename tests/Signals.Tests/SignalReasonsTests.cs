namespace EcgIntegration.Signals.Tests;

public sealed class SignalReasonsTests
{
    [Fact]
    public void Every_definition_is_listed_once()
    {
        var defined = typeof(SignalReasons)
            .GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)
            .Select(field => field.GetValue(null))
            .OfType<Contracts.ReasonDefinition>()
            .Select(definition => definition.Code)
            .Order()
            .ToList();

        Assert.Equal(defined, SignalReasons.All.Select(definition => definition.Code).Order());
        Assert.Equal(defined.Count, defined.Distinct().Count());
    }

    [Fact]
    public void The_identity_of_a_signal_is_its_rate_and_its_samples()
    {
        var one = TestData.Recording("1");
        var same = new EcgRecording(500, one.SampleCount, one.Millivolts.ToArray(), new HashSet<Lead> { Lead.III });
        var faster = new EcgRecording(501, one.SampleCount, one.Millivolts.ToArray(), one.Derived);
        var changed = one.Millivolts.ToArray();
        changed[12_345] += 0.001f;

        Assert.Equal(one.ComputeSha256(), same.ComputeSha256());
        Assert.NotEqual(one.ComputeSha256(), faster.ComputeSha256());
        Assert.NotEqual(one.ComputeSha256(), new EcgRecording(500, one.SampleCount, changed, one.Derived).ComputeSha256());
        Assert.Matches("^[0-9a-f]{64}$", one.ComputeSha256());
    }
}
