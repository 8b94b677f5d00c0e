namespace EcgIntegration.Fuzz.Targets;

/// <summary>A folder in memory, for readers that read files, and inputs of several files in one.</summary>
internal sealed class Scratch : IDisposable
{
    private const string Shared = "/dev/shm";

    private static readonly byte[] Separator = "\n\u001c\n"u8.ToArray();

    private readonly string _folder = Directory.Exists(Shared)
        ? Directory.CreateDirectory(Path.Combine(Shared, "ecg-fuzz-" + Guid.NewGuid().ToString("N"))).FullName
        : Directory.CreateTempSubdirectory("ecg-fuzz-").FullName;

    public string Folder => _folder;

    public string File(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Several parts as one input.</summary>
    public static byte[] Join(params byte[][] parts)
    {
        IEnumerable<byte> all = parts[0];
        return [.. parts.Skip(1).Aggregate(all, (joined, part) => joined.Concat(Separator).Concat(part))];
    }

    /// <summary>The parts of an input; what is missing is empty.</summary>
    public static byte[][] Split(byte[] input, int count)
    {
        var parts = new byte[count][];
        var rest = input.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var end = i == count - 1 ? -1 : rest.IndexOf(Separator);
            parts[i] = (end < 0 ? rest : rest[..end]).ToArray();
            rest = end < 0 ? [] : rest[(end + Separator.Length)..];
        }

        return parts;
    }
}
