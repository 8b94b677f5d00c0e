using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>
/// A small but valid model bundle in a folder of its own. Label i is the unit vector i, so with <see cref="TestEncoder"/>
/// sample i of lead I is the similarity to label i. Calibrated labels have probability sigmoid(logit) and threshold 0.5.
/// </summary>
internal sealed class TestBundle : IDisposable
{
    /// <summary>Logit = 10 x similarity.</summary>
    public const double LogitScale = 10;

    /// <summary>Values of one window.</summary>
    public const int WindowLength = 12 * 1000;

    /// <summary>Labels with a calibration; fillers make up the catalogue's minimum.</summary>
    public static readonly IReadOnlyList<Label> Calibrated =
    [
        Label("NORM", "正常心電図", "NORM", Urgency.Routine),
        Label("SR", "洞調律", "rhythm", Urgency.Routine),
        Label("AFIB", "心房細動", "rhythm", Urgency.Review) with { Snomed = "164889003" },
        Label("SBRAD", "洞徐脈", "rhythm", Urgency.Review),
        Label("LVH", "左室肥大", "HYP", Urgency.Review),
        Label("IMI", "下壁心筋梗塞", "MI", Urgency.Urgent),
        Label("STEMI", "ST上昇型急性心筋梗塞（疑い）", "MI", Urgency.Critical),
        Label("PAC", "心房期外収縮", "form", Urgency.Routine),
        Label("LVOLT", "低電位", "form", Urgency.Routine),
    ];

    /// <summary>Label without calibration, critical.</summary>
    public const string Uncalibrated = "VF";

    private TestBundle(string folder) => Folder = folder;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Writes a bundle.</summary>
    /// <param name="abstention">When nothing is decided; by default never.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="folder">Where; a temporary folder unless given.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="precision">What its card says of the encoder's precision; by default nothing.</param>
    public static TestBundle Create(
        AbstentionRule? abstention = null, TestEncoder? encoder = null, string? folder = null, string name = "test-encoder",
        string? precision = null)
    {
        folder = folder is null ? Directory.CreateTempSubdirectory("ecg-bundle-").FullName : Directory.CreateDirectory(folder).FullName;
        List<Label> labels = [.. Calibrated, Label(Uncalibrated, "心室細動", "rhythm", Urgency.Critical)];
        labels.AddRange(Enumerable.Range(labels.Count, 98 - labels.Count).Select(i => Label($"X{i}", $"試験所見{i}", "form", Urgency.Routine)));

        var matrix = new float[labels.Count * TestEncoder.Width];
        for (var i = 0; i < labels.Count; i++)
        {
            matrix[(i * TestEncoder.Width) + i] = 1;
        }

        var calibration = new Calibration(
            LogitScale,
            [.. Calibrated.Select(label => new LabelCalibration(label.Code, 1, 0, 0.5, 20))],
            abstention ?? new AbstentionRule(-1, 0, 1));
        Write(BundleFiles.Encoder, (encoder ?? new()).ToOnnx());
        Write(BundleFiles.LabelMatrix, MemoryMarshal.AsBytes(matrix.AsSpan()).ToArray());
        Write(BundleFiles.Labels, JsonSerializer.SerializeToUtf8Bytes(labels, ContractJson.Indented));
        Write(BundleFiles.Calibration, JsonSerializer.SerializeToUtf8Bytes(calibration, ContractJson.Indented));
        var hashes = BundleFiles.Payload.ToDictionary(
            file => file, file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file)))));
        var card = new ModelCard(
            1, name, "1.2.3", BundleFiles.Identity(hashes), "v1", TestEncoder.Width, hashes, [], [], precision is null ? [] : new() { [ModelCard.Precision] = precision });
        Write(BundleFiles.Card, JsonSerializer.SerializeToUtf8Bytes(card, ContractJson.Indented));
        return new(folder);

        void Write(string file, byte[] content) => File.WriteAllBytes(Path.Combine(folder, file), content);
    }

    /// <summary>Reads it as the worker does.</summary>
    public ModelBundle Load() => ModelBundle.Load(Folder);

    /// <summary>One window whose similarities to labels are in the proportions given.</summary>
    public static float[] Window(params (string Code, float Value)[] samples)
    {
        var window = new float[WindowLength];
        foreach (var (code, value) in samples)
        {
            window[IndexOf(code)] = value;
        }

        return window;
    }

    /// <summary>Place of a label among all.</summary>
    public static int IndexOf(string code) => code == Uncalibrated
        ? Calibrated.Count
        : Calibrated.Select(label => label.Code).ToList().IndexOf(code);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static Label Label(string code, string ja, string @class, Urgency urgency) =>
        new(code, $"{code} in English", ja, @class, urgency, false, null, null);
}
