using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Commands;

/// <summary>Prints what a bundle is worth.</summary>
internal static class BundleReport
{
    /// <summary>Prints the figures of a bundle's card.</summary>
    public static void Print(Terminal terminal, string folder, ModelBundle bundle)
    {
        if (terminal.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { bundle = folder, bundle.ModelSha256, bundle.Card.Metrics }, ContractJson.Compact));
            return;
        }

        var test = bundle.Card.Metrics["test"]!;
        Console.WriteLine(terminal.Say($"Bundle {folder}, model {bundle.ModelSha256}", $"バンドル {folder}、モデル {bundle.ModelSha256}"));
        Console.WriteLine(terminal.Say(
            $"{bundle.Labels.Count} labels, {bundle.Calibration.Labels.Count} of them with a threshold",
            $"所見 {bundle.Labels.Count} 種、うち閾値あり {bundle.Calibration.Labels.Count} 種"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fold 10: superclass macro-AUROC {Figure(test, "superclassMacroAuroc"):F3}, label macro-AUROC {Figure(test, "labelMacroAuroc"):F3}, top-1 {Figure(test, "topOne"):F3}, top-5 {Figure(test, "topFive"):F3}"));
    }

    private static double? Figure(JsonNode figures, string name) => (double?)figures[name];
}
