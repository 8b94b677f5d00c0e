using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Data.PtbXl;

/// <summary>PTB-XL in its own layout, whole or in part, at 500 Hz where the copy has it, else at 100 Hz.</summary>
/// <remarks>It says the folds itself; every ECG of its table takes part, also one without a statement.</remarks>
internal sealed class PtbXlSource(string folder) : IEcgSource
{
    /// <inheritdoc/>
    public EcgSourceDescription About { get; } = new(
        "PTB-XL",
        folder,
        "CC BY 4.0",
        "Wagner P, et al. PTB-XL, a large publicly available electrocardiography dataset. Scientific Data 7, 154 (2020). doi:10.1038/s41597-020-0495-6",
        "PhysioNet, doi:10.13026/kfzx-aw45",
        "a diagnostic statement with likelihood above 0, every form and rhythm statement");

    /// <summary>Whether a folder is one.</summary>
    public static bool Recognises(string folder) =>
        File.Exists(Path.Combine(folder, PtbXlTable.DatabaseFile)) || File.Exists(Path.Combine(folder, PtbXlTable.StatementsFile));

    /// <inheritdoc/>
    public EcgSourceContent Read(IReadOnlyList<Label> labels) =>
        new(PtbXlTable.Read(About, labels.Select(label => label.Code).ToHashSet(StringComparer.Ordinal)), [], []);
}
