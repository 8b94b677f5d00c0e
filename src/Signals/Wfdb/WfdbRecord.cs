namespace EcgIntegration.Signals.Wfdb;

/// <summary>A record in the format of PhysioNet's WFDB library, of any number and kind of signals.</summary>
/// <param name="Name">The record's name.</param>
/// <param name="SamplingRate">Samples a second and signal, in Hz.</param>
/// <param name="SampleCount">Samples a signal, of the range that was read.</param>
/// <param name="Signals">The signals, in the order of the header.</param>
/// <param name="Comments">The header's comments without <c>#</c>, such as diagnoses.</param>
public sealed record WfdbRecord(
    string Name,
    double SamplingRate,
    int SampleCount,
    IReadOnlyList<WfdbSignal> Signals,
    IReadOnlyList<string> Comments);

/// <summary>One signal of a <see cref="WfdbRecord"/>.</summary>
/// <param name="Name">Its description in the header, such as <c>MLII</c>.</param>
/// <param name="Unit">Unit of <paramref name="Physical"/> as the header writes it, such as <c>mV</c> or <c>NU</c>; <see langword="null"/> where the signal is not calibrated.</param>
/// <param name="Gain">Counts a unit.</param>
/// <param name="Baseline">The count of physical zero.</param>
/// <param name="Counts">The recorder's counts; <see cref="Missing"/> where there is no sample.</param>
/// <param name="Physical">The same in units: (count - baseline) / gain; NaN where there is no sample.</param>
public sealed record WfdbSignal(string Name, string? Unit, double Gain, int Baseline, int[] Counts, float[] Physical)
{
    /// <summary>The count that says "no sample", whatever the format in the file.</summary>
    public const int Missing = int.MinValue;
}
