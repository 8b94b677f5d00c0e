namespace EcgIntegration.Training.Learning;

/// <summary>How far a run is.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Loss">Mean training loss of the epoch.</param>
/// <param name="SuperclassMacro">Superclass macro-AUROC of the averaged weights on the validation fold.</param>
/// <param name="LabelMacro">Label macro-AUROC of the averaged weights on the validation fold.</param>
/// <param name="IsBest">Whether this epoch is the best so far.</param>
/// <param name="Remaining">Estimated time left.</param>
internal readonly record struct EpochReport(
    int Epoch,
    int Epochs,
    double Loss,
    double SuperclassMacro,
    double LabelMacro,
    bool IsBest,
    TimeSpan Remaining);
