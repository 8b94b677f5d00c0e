using System.Text.Json.Nodes;

namespace EcgIntegration.Contracts.Bundles;

/// <summary>What a model bundle is made of, before it has hashes.</summary>
/// <param name="Name">Model name.</param>
/// <param name="Version">Model version.</param>
/// <param name="Preprocessing">Preprocessing contract the encoder was trained with.</param>
/// <param name="EmbeddingWidth">Length of an embedding.</param>
/// <param name="Encoder">Content of <see cref="BundleFiles.Encoder"/>.</param>
/// <param name="LabelMatrix">Labels x <paramref name="EmbeddingWidth"/>, row-major, each row L2-normalised.</param>
/// <param name="Labels">The catalogue, in the order of the matrix.</param>
/// <param name="Calibration">Thresholds and scales.</param>
/// <param name="Data">Training data with licence and citation.</param>
/// <param name="Metrics">Measured figures with the fold they were measured on.</param>
/// <param name="Training">Settings of the run.</param>
public sealed record BundleContent(
    string Name,
    string Version,
    string Preprocessing,
    int EmbeddingWidth,
    ReadOnlyMemory<byte> Encoder,
    ReadOnlyMemory<float> LabelMatrix,
    IReadOnlyList<Label> Labels,
    Calibration Calibration,
    JsonObject Data,
    JsonObject Metrics,
    JsonObject Training);
