using System.Globalization;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Worker.Commands.Samples;

/// <summary>From a published record to an Observation of an invented patient.</summary>
internal static class SampleFactory
{
    private const double LudbCountsPerMillivolt = 1000;

    private static readonly DateTimeOffset First = new(2026, 1, 5, 8, 30, 0, TimeSpan.FromHours(9));
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(7);

    /// <summary>Reads the record with the voltages that its counts really mean.</summary>
    /// <remarks>
    /// LUDB's headers give each lead a gain that makes its range 1 mV. The counts themselves obey Einthoven's law across
    /// leads and are microvolts (the electrocardiograph resolves 5 µV): so they are taken as that, which is what deriving
    /// limb leads needs.
    /// </remarks>
    public static WfdbRecord Read(Sample sample, string headerPath)
    {
        var record = WfdbReader.Read(headerPath);
        return sample.Source == SampleSource.Ludb
            ? record with { Signals = [.. record.Signals.Select(signal => signal with { Gain = LudbCountsPerMillivolt, Baseline = 0 })] }
            : record;
    }

    /// <summary>Writes the sample.</summary>
    /// <param name="sample">Which.</param>
    /// <param name="number">Its number from 1, part of the invented identifiers.</param>
    /// <param name="record">Its signal.</param>
    public static byte[] Write(Sample sample, int number, WfdbRecord record)
    {
        var canary = string.Create(CultureInfo.InvariantCulture, $"CANARY-{number:0000}");
        return ObservationWriter.Write(
            record,
            new ObservationDetails
            {
                Id = sample.FileName,
                Identifier = new("urn:example:ecg", canary + "-ECG"),
                SubjectReference = string.Create(CultureInfo.InvariantCulture, $"Patient/sample-{number:000}"),
                SubjectIdentifier = new("urn:oid:1.2.392.100495.20.3.51.11311234567", canary),
                SubjectDisplay = "見本 " + sample.Given,
                Effective = First + ((number - 1) * Apart),
                PerformerDisplay = "見本 検査技師",
                DeviceDisplay = sample.Source == SampleSource.Ludb ? "Schiller Cardiovit AT-101" : "12誘導心電計",
                Note = Attribution(sample),
            },
            sample.Format);
    }

    private static string Attribution(Sample sample) => sample.Source == SampleSource.Ludb
        ? $"波形: LUDB 1.0.1 record {sample.Record} (Kalyakulina et al. 2020, ODC-BY 1.0)。患者は架空。"
        : $"波形: PhysioNet/CinC Challenge 2021 {sample.Record} (Reyna et al. 2021, CC BY 4.0)。患者は架空。";
}
