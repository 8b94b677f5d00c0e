using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// Findings that are defined by voltage. The model's input is scaled lead by lead and has none: whatever threshold the
/// validation data gives such a label, it tells something else that goes along with it, and is never suggested. 左室肥大 (LVH)
/// is not among them: it is also known by its ST-T changes and its duration.
/// </summary>
internal static class VoltageLabels
{
    private static readonly HashSet<string> ByVoltage = ["LVOLT", "HVOLT", "VCLVH"];

    /// <summary>Every code the rule names; each is one of the catalogue.</summary>
    internal static IEnumerable<string> Codes => ByVoltage;

    /// <summary>Whether a label may be suggested: the validation fold gave it a threshold, and the model can see what it is about.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="labelIndex">The label's place in the catalogue.</param>
    public static bool IsSuggestible(ModelBundle bundle, int labelIndex) =>
        bundle.CalibrationOf(labelIndex) is not null && !ByVoltage.Contains(bundle.Labels[labelIndex].Code);
}
