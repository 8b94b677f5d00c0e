using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Contracts.Tests;

/// <summary>A valid bundle in a folder of its own, and ways to spoil it.</summary>
internal sealed class BundleFolder : IDisposable
{
    public const int Labels = 100;
    public const int Width = 128;

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("ecg-bundle-");

    public BundleFolder() => ModelBundleWriter.Write(Folder, Content());

    public string Folder => System.IO.Path.Combine(_parent.FullName, "bundle");

    public string Parent => _parent.FullName;

    /// <summary>Content with label 0 and 1 calibrated; label i is the unit vector i.</summary>
    public static BundleContent Content(
        IReadOnlyList<Label>? labels = null,
        float[]? matrix = null,
        Calibration? calibration = null,
        byte[]? encoder = null) => new(
        "test",
        "1.0.0",
        "v1",
        Width,
        encoder ?? [1, 2, 3],
        matrix ?? Matrix(),
        labels ?? [.. Enumerable.Range(0, Labels).Select(i => new Label($"C{i}", $"term {i}", $"所見{i}", "form", Urgency.Routine, false, null, null))],
        calibration ?? Calibration(),
        [],
        [],
        []);

    public static Calibration Calibration(params LabelCalibration[] labels) => new(
        10,
        labels.Length > 0 ? labels : [new LabelCalibration("C0", 1, 0, 0.5, 5), new LabelCalibration("C1", 2, -1, 0.25, 7)],
        new AbstentionRule(0.1, 0.05, 0.9));

    public static float[] Matrix()
    {
        var matrix = new float[Labels * Width];
        for (var i = 0; i < Labels; i++)
        {
            matrix[(i * Width) + i] = 1;
        }

        return matrix;
    }

    /// <summary>Path of one of its files.</summary>
    public string Path(string file) => System.IO.Path.Combine(Folder, file);

    /// <summary>Replaces a payload file and makes the card's hashes right again.</summary>
    public void Replace(string file, byte[] content)
    {
        File.WriteAllBytes(Path(file), content);
        EditCard(card =>
        {
            card["files"]![file] = Convert.ToHexStringLower(SHA256.HashData(content));
            card["modelSha256"] = BundleFiles.Identity(BundleFiles.Payload.ToDictionary(name => name, name => (string)card["files"]![name]!));
        });
    }

    /// <summary>Edits a payload file as JSON and makes the card's hashes right again.</summary>
    public void Edit(string file, Action<JsonNode> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path(file)))!;
        edit(json);
        Replace(file, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    /// <summary>Edits the card.</summary>
    public void EditCard(Action<JsonNode> edit)
    {
        var card = JsonNode.Parse(File.ReadAllText(Path(BundleFiles.Card)))!;
        edit(card);
        File.WriteAllText(Path(BundleFiles.Card), card.ToJsonString());
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
