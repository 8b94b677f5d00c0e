using CsCheck;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Signals.Tests.Fhir;

/// <summary>What the writer writes, the reader reads: any samples, rate, unit, code system, order and interlacing.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<float> Sample = Gen.Frequency(
        (30, Gen.Float[-9.9f, 9.9f]),
        (10, Gen.Int[-9000, 9000].Select(microvolts => microvolts / 1000f)),
        (1, Gen.Const(float.NaN)),
        (1, Gen.Const(float.PositiveInfinity)),
        (1, Gen.Const(float.NegativeInfinity)));

    private static readonly Gen<ObservationFormat> Format =
        from unit in Gen.Enum<VoltageUnit>()
        from system in Gen.Bool.Select(alias => alias ? LeadCodes.SystemAlias : LeadCodes.System)
        from leads in Gen.Shuffle(LeadCodes.All.ToArray())
        from interlaced in Gen.Bool
        select new ObservationFormat { Unit = unit, LeadSystem = system, Leads = leads, Interlaced = interlaced };

    private static readonly Gen<EcgRecording> Recording =
        from samples in Gen.Int[1, 40]
        from values in Sample.Array[EcgRecording.LeadCount * samples]
        from rate in Gen.Int[100, 2000]
        select new EcgRecording(rate, samples, [.. values.Select(value => value + 0f)], new HashSet<Lead>());

    [Fact]
    public void Any_recording_reads_back_bit_by_bit() => Gen.Select(Recording, Format).Sample((recording, format) =>
    {
        var written = Without(recording, lead => recording[lead].IndexOfAnyExcept(float.NaN) < 0);

        var result = ObservationSignalReader.Read(ObservationWriter.Write(recording, Samples.Details, format));

        // A lead of nothing but missing samples is not written, and may then be derived.
        return result.Recording is { } read
            && LeadCodes.All.All(lead => read.Derived.Contains(lead) || Same(written[lead], read[lead]))
            && read.SamplingRate == recording.SamplingRate;
    });

    [Fact]
    public void A_source_record_reads_back_sample_for_sample()
    {
        var record = TestData.Record("1");
        var source = TestData.Recording("1");

        foreach (var unit in Enum.GetValues<VoltageUnit>())
        {
            var read = Samples.Accepted(ObservationSignalReader.Read(
                ObservationWriter.Write(record, Samples.Details, new ObservationFormat { Unit = unit })));

            Assert.Equal(source.ComputeSha256(), read.ComputeSha256());
        }
    }

    [Fact]
    public void Leads_of_different_gains_are_not_interlaced() => Assert.Throws<ArgumentException>(
        () => ObservationWriter.Write(TestData.Record("1"), Samples.Details, new ObservationFormat { Interlaced = true }));

    private static bool Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                return false;
            }
        }

        return expected.Length == actual.Length;
    }

    private static EcgRecording Without(EcgRecording recording, Func<Lead, bool> isMissing)
    {
        var samples = recording.Millivolts.ToArray();
        foreach (var lead in LeadCodes.All.Where(isMissing))
        {
            samples.AsSpan((int)lead * recording.SampleCount, recording.SampleCount).Fill(float.NaN);
        }

        return new EcgRecording(recording.SamplingRate, recording.SampleCount, samples, new HashSet<Lead>());
    }
}
