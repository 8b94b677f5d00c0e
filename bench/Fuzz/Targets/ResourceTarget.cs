using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Waveforms;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>A resource taken apart for the store and put together again: what could be stored comes back to the digit.</summary>
internal sealed class ResourceTarget() : FuzzTarget("resource")
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonCopier.MaximumDepth + 1, AllowDuplicateProperties = false };

    public override IReadOnlyList<byte[]> Seeds => SeedEcgs.Small;

    public override IReadOnlyList<byte[]> LargeSeeds => SeedEcgs.Whole;

    public override string Run(byte[] input)
    {
        try
        {
            using var split = WaveformSplitter.Split(input);
            using var before = Parse(input);
            if (before is null)
            {
                // The intake takes no resource that names a property twice.
                return "duplicates";
            }

            using var target = new PooledBuffer(input.Length);
            ResourceRenderer.Render(split.Content, split.Tokens, new("Observation", "ecg-1", 7, DateTimeOffset.UnixEpoch), target);
            return Compare(before.RootElement, target.Written);
        }
        catch (UnstorableContentException e)
        {
            return e.Reason.Code;
        }
    }

    private static JsonDocument? Parse(byte[] input)
    {
        try
        {
            return JsonDocument.Parse(input, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Compare(JsonElement before, ReadOnlyMemory<byte> rendered)
    {
        using var back = JsonDocument.Parse(rendered, Options);
        if (!before.TryGetProperty("resourceType", out var type) || type.ValueKind != JsonValueKind.String
            || (before.TryGetProperty("meta", out var meta) && meta.ValueKind != JsonValueKind.Object))
        {
            return "other";
        }

        // What the store writes itself, it does not promise to give back.
        Require(SameMembers(before, back.RootElement, ["resourceType", "id", "meta"]), "Another resource came back.");
        Require(meta.ValueKind != JsonValueKind.Object || SameMembers(meta, back.RootElement.GetProperty("meta"), ["versionId", "lastUpdated"]), "Other meta came back.");
        return "same";
    }

    private static bool SameMembers(JsonElement a, JsonElement b, string[] except)
    {
        var rest = b.EnumerateObject().Where(member => !except.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value);
        foreach (var member in a.EnumerateObject())
        {
            if (!except.Contains(member.Name) && !(rest.Remove(member.Name, out var value) && Same(member.Value, value)))
            {
                return false;
            }
        }

        return rest.Count == 0;
    }

    private static bool Same(JsonElement a, JsonElement b) => a.ValueKind == b.ValueKind && a.ValueKind switch
    {
        JsonValueKind.Object => SameMembers(a, b, []),
        JsonValueKind.Array => a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
        _ => a.GetRawText() == b.GetRawText(),
    };
}

/// <summary>Stored samples that a disk has spoiled: given back, or <see cref="InvalidDataException"/>.</summary>
internal sealed class StoredTokensTarget : FuzzTarget
{
    private readonly byte[] _content;

    public StoredTokensTarget()
        : base("stored-tokens")
    {
        using var split = WaveformSplitter.Split(SeedEcgs.Small[0]);
        _content = split.Content.ToArray();
        Seeds = [split.Tokens.ToArray(), .. SeedEcgs.Small.Skip(3).Select(Tokens)];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override string Run(byte[] input)
    {
        using var target = new PooledBuffer(4096);
        try
        {
            ResourceRenderer.Render(_content, input, new("Observation", "ecg-1", 7, DateTimeOffset.UnixEpoch), target);
            return "rendered";
        }
        catch (InvalidDataException)
        {
            return "damaged";
        }
    }

    private static byte[] Tokens(byte[] resource)
    {
        using var split = WaveformSplitter.Split(resource);
        return split.Tokens.ToArray();
    }
}
