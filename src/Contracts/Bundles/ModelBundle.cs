using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace EcgIntegration.Contracts.Bundles;

/// <summary>A model bundle read from a folder and held to its own hashes.</summary>
public sealed class ModelBundle
{
    private const int SupportedFormat = 1;
    private const string SupportedPreprocessing = "v1";
    private const int MinimumLabels = 98;
    private const double RowTolerance = 1e-3;

    private readonly float[] _labelMatrix;
    private readonly LabelCalibration?[] _calibrations;

    private ModelBundle(string folder, ModelCard card, IReadOnlyList<Label> labels, float[] labelMatrix, Calibration calibration)
    {
        Folder = folder;
        Card = card;
        Labels = labels;
        Calibration = calibration;
        _labelMatrix = labelMatrix;
        var byCode = calibration.Labels.ToDictionary(entry => entry.Code, StringComparer.Ordinal);
        _calibrations = [.. labels.Select(label => byCode.GetValueOrDefault(label.Code))];
    }

    /// <summary>The folder it was read from.</summary>
    public string Folder { get; }

    /// <summary>What it is and how well it was measured to work.</summary>
    public ModelCard Card { get; }

    /// <summary>Identity of the model version, lower-case hexadecimal.</summary>
    public string ModelSha256 => Card.ModelSha256;

    /// <summary>The catalogue; its order is the order of scores.</summary>
    public IReadOnlyList<Label> Labels { get; }

    /// <summary>Thresholds and scales.</summary>
    public Calibration Calibration { get; }

    /// <summary>Length of an embedding.</summary>
    public int EmbeddingWidth => Card.EmbeddingWidth;

    /// <summary>Path of the encoder's ONNX file.</summary>
    public string EncoderPath => Path.Combine(Folder, BundleFiles.Encoder);

    /// <summary>The label's calibration, or <see langword="null"/> where the validation fold gave it none: it is then never suggested.</summary>
    public LabelCalibration? CalibrationOf(int labelIndex) => _calibrations[labelIndex];

    /// <summary>The label matrix: labels x <see cref="EmbeddingWidth"/>, row-major, in the catalogue's order.</summary>
    public ReadOnlySpan<float> LabelMatrix => _labelMatrix;

    /// <summary>Logits of one embedding: scale x cosine similarity with each label.</summary>
    /// <param name="embedding">L2-normalised, <see cref="EmbeddingWidth"/> values.</param>
    /// <param name="logits">Receives one logit a label, in the catalogue's order.</param>
    public void Score(ReadOnlySpan<float> embedding, Span<float> logits)
    {
        if (embedding.Length != EmbeddingWidth || logits.Length != Labels.Count)
        {
            throw new ArgumentException($"Expected {EmbeddingWidth} embedding values and room for {Labels.Count} logits.", nameof(embedding));
        }

        for (var label = 0; label < logits.Length; label++)
        {
            var row = _labelMatrix.AsSpan(label * EmbeddingWidth, EmbeddingWidth);
            var sum = 0f;
            for (var i = 0; i < row.Length; i++)
            {
                sum += row[i] * embedding[i];
            }

            logits[label] = (float)(Calibration.LogitScale * sum);
        }
    }

    /// <summary>Calibrated probability of a label at a logit, or <see langword="null"/> for a label without calibration.</summary>
    public double? Probability(int labelIndex, double logit) =>
        _calibrations[labelIndex]?.Probability(logit);

    /// <summary>Reads and checks a bundle.</summary>
    /// <param name="folder">Folder with the files of <see cref="BundleFiles"/>.</param>
    /// <exception cref="ModelBundleException">A file is missing, altered or contradicts another.</exception>
    public static ModelBundle Load(string folder)
    {
        var card = ReadCard(folder);
        if (card is not { Files: not null, EmbeddingWidth: > 0 })
        {
            throw new ModelBundleException($"{BundleFiles.Card} lacks its file hashes or its embedding width: restore the bundle whole.");
        }

        if (card.Format != SupportedFormat || card.Preprocessing != SupportedPreprocessing)
        {
            throw new ModelBundleException(
                $"{BundleFiles.Card} names format {card.Format} and preprocessing {card.Preprocessing}; this version reads format {SupportedFormat} with preprocessing {SupportedPreprocessing}.");
        }

        VerifyHashes(folder, card);
        var labels = ReadJson<IReadOnlyList<Label>>(folder, BundleFiles.Labels);
        LabelCatalogue.Validate(labels, MinimumLabels);
        var calibration = ReadJson<Calibration>(folder, BundleFiles.Calibration);
        ValidateCalibration(labels, calibration);
        return new ModelBundle(folder, card, labels, ReadMatrix(folder, card, labels.Count), calibration);
    }

    /// <summary>Reads what a bundle says it is, and checks nothing: to find one among many. <see cref="Load"/> before use.</summary>
    /// <param name="folder">Folder with the files of <see cref="BundleFiles"/>.</param>
    /// <exception cref="ModelBundleException">There is no readable card.</exception>
    public static ModelCard ReadCard(string folder) => ReadJson<ModelCard>(folder, BundleFiles.Card);

    private static void VerifyHashes(string folder, ModelCard card)
    {
        foreach (var file in BundleFiles.Payload)
        {
            using var stream = Open(folder, file);
            var actual = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (!card.Files.TryGetValue(file, out var expected) || expected != actual)
            {
                throw new ModelBundleException($"{file} is not the file that {BundleFiles.Card} describes (SHA-256 differs): restore the bundle whole.");
            }
        }

        if (BundleFiles.Identity(card.Files) != card.ModelSha256)
        {
            throw new ModelBundleException($"modelSha256 in {BundleFiles.Card} does not follow from its file hashes: restore the bundle whole.");
        }
    }

    private static void ValidateCalibration(IReadOnlyList<Label> labels, Calibration calibration)
    {
        if (calibration is not { Labels: not null, Abstention: not null } || calibration.Labels.Contains(null))
        {
            throw new ModelBundleException($"{BundleFiles.Calibration} lacks its labels or its rule of abstention: restore the bundle whole.");
        }

        var known = labels.Select(label => label.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in calibration.Labels)
        {
            if (!known.Remove(entry.Code))
            {
                throw new ModelBundleException($"{BundleFiles.Calibration} names the label {entry.Code} twice, or {BundleFiles.Labels} lacks it.");
            }

            if (!double.IsFinite(entry.Slope) || !double.IsFinite(entry.Intercept) || entry.Threshold is not (> 0 and < 1))
            {
                throw new ModelBundleException($"{BundleFiles.Calibration} has no usable slope, intercept and threshold (between 0 and 1) for {entry.Code}.");
            }
        }

        if (calibration.LogitScale is not (> 0 and < double.PositiveInfinity))
        {
            throw new ModelBundleException($"logitScale in {BundleFiles.Calibration} must be a positive number.");
        }

        if (calibration.Abstention is not { MinimumSimilarity: >= -1 and <= 1, MinimumMargin: >= 0 and <= 1, Coverage: >= 0 and <= 1 })
        {
            throw new ModelBundleException($"The rule of abstention in {BundleFiles.Calibration} must have a similarity of -1 to 1, and a margin and a coverage of 0 to 1.");
        }
    }

    private static float[] ReadMatrix(string folder, ModelCard card, int labels)
    {
        using var stream = Open(folder, BundleFiles.LabelMatrix);
        if (stream.Length != (long)labels * card.EmbeddingWidth * sizeof(float))
        {
            throw new ModelBundleException($"{BundleFiles.LabelMatrix} has {stream.Length} bytes; {labels} labels x {card.EmbeddingWidth} float32 need {(long)labels * card.EmbeddingWidth * sizeof(float)}.");
        }

        var matrix = new float[labels * card.EmbeddingWidth];
        stream.ReadExactly(MemoryMarshal.AsBytes(matrix.AsSpan()));
        if (matrix.Any(value => !float.IsFinite(value)))
        {
            throw new ModelBundleException($"{BundleFiles.LabelMatrix} holds a value that is not a number.");
        }

        for (var label = 0; label < labels; label++)
        {
            var squares = 0.0;
            foreach (var value in matrix.AsSpan(label * card.EmbeddingWidth, card.EmbeddingWidth))
            {
                squares += (double)value * value;
            }

            if (Math.Abs(squares - 1) > RowTolerance)
            {
                throw new ModelBundleException($"Row {label} of {BundleFiles.LabelMatrix} has the length {Math.Sqrt(squares):0.###} and not 1: restore the bundle whole.");
            }
        }

        return matrix;
    }

    private static T ReadJson<T>(string folder, string file)
    {
        using var stream = Open(folder, file);
        try
        {
            return JsonSerializer.Deserialize<T>(stream, ContractJson.Compact)
                ?? throw new ModelBundleException($"{file} is empty.");
        }
        catch (JsonException e)
        {
            throw new ModelBundleException($"{file} is not the JSON expected, at {e.Path}, line {e.LineNumber + 1}.", e);
        }
    }

    private static FileStream Open(string folder, string file)
    {
        try
        {
            return File.OpenRead(Path.Combine(folder, file));
        }
        catch (IOException e)
        {
            throw new ModelBundleException($"The model bundle lacks a readable {file}: point Model:Path at a complete bundle.", e);
        }
    }
}
