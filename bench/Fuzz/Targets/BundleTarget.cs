using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>The JSON of a model bundle: a bundle, or <see cref="ModelBundleException"/> and nothing else.</summary>
internal sealed class BundleTarget : FuzzTarget
{
    private static readonly string Shipped = Path.Combine(SeedEcgs.Root, "models", "default");

    private readonly Scratch _scratch = new();

    public BundleTarget()
        : base("bundle")
    {
        var labels = File.ReadAllBytes(Path.Combine(Shipped, BundleFiles.Labels));
        var calibration = File.ReadAllBytes(Path.Combine(Shipped, BundleFiles.Calibration));
        var card = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Shipped, BundleFiles.Card)))!;

        // One value a label: a bundle as small as it can be. The encoder is not opened here, only hashed.
        card["embeddingWidth"] = 1;
        foreach (var part in new[] { "data", "metrics", "training" })
        {
            card[part] = new JsonObject();
        }

        var count = JsonNode.Parse(labels)!.AsArray().Count;
        File.WriteAllBytes(_scratch.File(BundleFiles.Encoder), [1, 2, 3]);
        File.WriteAllBytes(_scratch.File(BundleFiles.LabelMatrix), [.. Enumerable.Repeat(BitConverter.GetBytes(1f), count).SelectMany(one => one)]);
        Seeds = [Scratch.Join(JsonSerializer.SerializeToUtf8Bytes(card), calibration, labels)];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override string Run(byte[] input)
    {
        var parts = Scratch.Split(input, 3);
        File.WriteAllBytes(_scratch.File(BundleFiles.Calibration), parts[1]);
        File.WriteAllBytes(_scratch.File(BundleFiles.Labels), parts[2]);
        File.WriteAllBytes(_scratch.File(BundleFiles.Card), WithHashes(parts[0]));
        try
        {
            var bundle = ModelBundle.Load(_scratch.Folder);
            var logits = new float[bundle.Labels.Count];
            bundle.Score([1f], logits);
            for (var label = 0; label < logits.Length; label++)
            {
                Require(bundle.Probability(label, logits[label]) is null or (>= 0 and <= 1), "A probability that is none.");
            }

            return "loaded";
        }
        catch (ModelBundleException e)
        {
            return e.Message.Split(' ', 4) is [var first, var second, var third, ..] ? $"refused: {first} {second} {third}" : "refused";
        }
    }

    public override void Dispose()
    {
        _scratch.Dispose();
        base.Dispose();
    }

    /// <summary>The card with the right hashes where it still is a card, so that damage to the files behind it is seen by their own checks.</summary>
    private byte[] WithHashes(byte[] card)
    {
        try
        {
            if (JsonNode.Parse(card) is not JsonObject root || root["files"] is not JsonObject files || !BundleFiles.Payload.All(files.ContainsKey))
            {
                return card;
            }

            var hashes = BundleFiles.Payload.ToDictionary(file => file, file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_scratch.File(file)))));
            foreach (var (file, hash) in hashes)
            {
                files[file] = hash;
            }

            root["modelSha256"] = BundleFiles.Identity(hashes);
            return JsonSerializer.SerializeToUtf8Bytes(root);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // No card any more, or one with a name twice: taken as it is.
            return card;
        }
    }
}
