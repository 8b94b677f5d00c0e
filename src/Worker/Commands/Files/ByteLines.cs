namespace EcgIntegration.Worker.Commands.Files;

/// <summary>
/// The lines of a file as bytes, one in memory at a time. Read as text, bytes that are not UTF-8 would be replaced, and an
/// ECG shown that the worker refuses.
/// </summary>
internal static class ByteLines
{
    private const int Block = 1 << 16;

    /// <summary>The lines without their ends.</summary>
    public static IEnumerable<byte[]> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Block);
        using var line = new MemoryStream();
        var block = new byte[Block];
        while (stream.Read(block) is var count and > 0)
        {
            var start = 0;
            while (Array.IndexOf(block, (byte)'\n', start, count - start) is var end and >= 0)
            {
                line.Write(block, start, end - start);
                yield return Take(line);
                start = end + 1;
            }

            line.Write(block, start, count - start);
        }

        if (line.Length > 0)
        {
            yield return Take(line);
        }
    }

    private static byte[] Take(MemoryStream line)
    {
        var bytes = line.ToArray();
        line.SetLength(0);
        return bytes is [.. var text, (byte)'\r'] ? text : bytes;
    }
}
