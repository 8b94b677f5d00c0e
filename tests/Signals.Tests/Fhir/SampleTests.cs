using System.Text;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Quality;

namespace EcgIntegration.Signals.Tests.Fhir;

/// <summary>The shipped samples.</summary>
public sealed class SampleTests
{
    private const string WithoutThreeLeads = "cinc-JS20004.json";

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(TestData.PathOf("samples"), "*.json").Select(path => Path.GetFileName(path)).Order()];

    [Fact]
    public void There_are_enough_and_they_are_small()
    {
        var files = new DirectoryInfo(TestData.PathOf("samples")).GetFiles("*.json");

        Assert.InRange(files.Length, 24, 48);
        Assert.InRange(files.Sum(file => file.Length), 1, 8_000_000);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_is_a_10_s_ECG_of_an_invented_patient(string file)
    {
        var text = File.ReadAllBytes(TestData.PathOf("samples", file));

        var recording = Samples.Accepted(ObservationSignalReader.Read(text));

        Assert.Equal((500, 5_000), (recording.SamplingRate, recording.SampleCount));
        Assert.Equal(file == WithoutThreeLeads ? 3 : 0, SignalQuality.Examine(recording).Count);
        var json = Encoding.UTF8.GetString(text);
        Assert.Contains("\"display\":\"見本 ", json, StringComparison.Ordinal);
        Assert.Contains("\"value\":\"CANARY-", json, StringComparison.Ordinal);
        Assert.Contains("\"display\":\"EKG Study\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void The_canary_is_there() => Assert.Contains("見本 金糸雀", File.ReadAllText(TestData.PathOf("samples", "ludb-001.json")), StringComparison.Ordinal);

    [Theory]
    [InlineData("ludb-001.json", "1", 0.001)]
    [InlineData("cinc-JS20003.json", "JS20003", 0.001)]
    public void A_sample_reads_back_as_its_source_sample_for_sample(string file, string record, double millivoltsPerCount)
    {
        var source = TestData.Record(record);

        var recording = Samples.Accepted(ObservationSignalReader.Read(File.ReadAllBytes(TestData.PathOf("samples", file))));

        foreach (var lead in LeadCodes.All)
        {
            var counts = source.Signals.Single(signal => signal.Name.Equals(lead.Name(), StringComparison.OrdinalIgnoreCase)).Counts;
            Assert.Equal(counts.Select(count => (float)(count * millivoltsPerCount)), recording[lead].ToArray());
        }
    }
}
