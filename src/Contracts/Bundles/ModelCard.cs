using System.Text.Json.Nodes;

namespace EcgIntegration.Contracts.Bundles;

/// <summary>What a bundle is, where it comes from and how well it was measured to work; <c>model-card.json</c>.</summary>
/// <param name="Format">Bundle format, 1.</param>
/// <param name="Name">Model name.</param>
/// <param name="Version">Model version.</param>
/// <param name="ModelSha256">Identity of the bundle: see <see cref="BundleFiles.Identity"/>.</param>
/// <param name="Preprocessing">Preprocessing contract, <c>v1</c>.</param>
/// <param name="EmbeddingWidth">Length of an embedding, 128.</param>
/// <param name="Files">SHA-256 of each payload file, lower-case hexadecimal.</param>
/// <param name="Data">Training data with licence and citation.</param>
/// <param name="Metrics">Measured figures with the fold they were measured on.</param>
/// <param name="Training">Settings of the run: seed, epochs, text encoder.</param>
public sealed record ModelCard(
    int Format,
    string Name,
    string Version,
    string ModelSha256,
    string Preprocessing,
    int EmbeddingWidth,
    IReadOnlyDictionary<string, string> Files,
    JsonObject Data,
    JsonObject Metrics,
    JsonObject Training)
{
    /// <summary>Member of <see cref="Training"/> that names the precision of the encoder's convolutions; without it they are <c>fp32</c>.</summary>
    public const string Precision = "precision";
}
