namespace EcgIntegration.Signals.Wfdb;

/// <summary>What a header says of a record, without its signals.</summary>
/// <param name="Name">The record's name.</param>
/// <param name="SamplingRate">Samples a second and signal, in Hz.</param>
/// <param name="SampleCount">Samples a signal; <see langword="null"/> where the header does not say.</param>
/// <param name="Signals">Names of the signals, in order.</param>
/// <param name="Checksums">Checksum of each signal as the header states it; <see langword="null"/> where it does not.</param>
/// <param name="Comments">The header's comments without <c>#</c>, such as diagnoses.</param>
public sealed record WfdbDescription(
    string Name,
    double SamplingRate,
    int? SampleCount,
    IReadOnlyList<string> Signals,
    IReadOnlyList<int?> Checksums,
    IReadOnlyList<string> Comments);
