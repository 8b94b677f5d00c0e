using EcgIntegration.Contracts;

namespace EcgIntegration.Signals;

/// <summary>What became of reading one ECG.</summary>
/// <param name="Recording">
/// The ECG, or <see langword="null"/> where it is refused. A recording may still lack leads or samples (NaN):
/// <see cref="Quality.SignalQuality"/> decides whether it can be analysed.
/// </param>
/// <param name="Reasons">Why it is refused; empty where it is not.</param>
public sealed record ReadResult(EcgRecording? Recording, IReadOnlyList<Reason> Reasons)
{
    internal static ReadResult Refused(params IReadOnlyList<Reason> reasons) => new(null, reasons);

    internal static ReadResult Of(EcgRecording recording) => new(recording, []);
}
