using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Contracts.Bundles;

/// <summary>File names of a model bundle, and the bundle's identity.</summary>
public static class BundleFiles
{
    /// <summary>The encoder: input <c>ecg</c> float32 [N, 12, 1000], output <c>embedding</c> float32 [N, 128], L2-normalised.</summary>
    public const string Encoder = "model.onnx";

    /// <summary>Labels x 128 float32, little endian, row-major, each row L2-normalised; rows in the order of <see cref="Labels"/>.</summary>
    public const string LabelMatrix = "label-matrix.f32";

    /// <summary>The catalogue: an array of <see cref="Label"/>.</summary>
    public const string Labels = "labels.json";

    /// <summary>A <see cref="Bundles.Calibration"/>.</summary>
    public const string Calibration = "calibration.json";

    /// <summary>A <see cref="ModelCard"/>.</summary>
    public const string Card = "model-card.json";

    /// <summary>Name of the encoder's input tensor.</summary>
    public const string InputName = "ecg";

    /// <summary>Name of the encoder's output tensor.</summary>
    public const string OutputName = "embedding";

    /// <summary>The files whose content makes up the model, in the order of their identity.</summary>
    public static IReadOnlyList<string> Payload { get; } = [Encoder, LabelMatrix, Labels, Calibration];

    /// <summary>
    /// The model's identity: SHA-256 over one line <c>sha256  name\n</c> for each payload file. A changed threshold or
    /// label text is another model, because it can give another result.
    /// </summary>
    /// <param name="sha256ByFile">Lower-case hexadecimal SHA-256 of each payload file.</param>
    public static string Identity(IReadOnlyDictionary<string, string> sha256ByFile)
    {
        ArgumentNullException.ThrowIfNull(sha256ByFile);
        var manifest = string.Concat(Payload.Select(file => $"{sha256ByFile[file]}  {file}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest)));
    }
}
