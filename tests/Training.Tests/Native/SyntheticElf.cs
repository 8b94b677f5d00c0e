using System.Buffers.Binary;
using System.Text;

namespace EcgIntegration.Training.Tests.Native;

/// <summary>
/// Writes the smallest shared library that has what matters: a string table, dynamic symbols with versions, one
/// relocation, the versions it needs and those it defines.
/// </summary>
internal static class SyntheticElf
{
    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;

    /// <summary>A library that needs versions 2 and 3 of <c>libdep.so.1</c>, and whose relocation uses the symbol of one of them.</summary>
    public static byte[] Create(ushort relocatedVersion)
    {
        var strings = new StringTable();
        var library = strings.Add("libdep.so.1");
        var old = strings.Add("DEP_1.0");
        var young = strings.Add("DEP_2.0");
        var defined = strings.Add("SELF_1.0");

        // Symbols 0 (none), 1 of version 2, 2 of version 3.
        var versions = Bytes(0, 2, 3);
        var relocation = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(relocation.AsSpan(12), relocatedVersion == 2 ? 1u : 2u);

        var needs = new byte[16 + (2 * 16)];
        Write16(needs, 0, 1, 2);
        Write32(needs, 4, library, 16, 0);
        Need(needs, 16, 2, old, 16);
        Need(needs, 32, 3, young, 0);

        var definitions = new byte[20 + 8];
        Write16(definitions, 0, 1, 0, 1, 1);
        Write32(definitions, 12, 20, 0);
        Write32(definitions, 20, defined, 0);

        return Assemble(
            (0, 0, []),
            (3, 0, strings.ToArray()),
            (11, 1, new byte[3 * 24]),
            (0x6fffffff, 2, versions),
            (4, 2, relocation),
            (0x6ffffffe, 1, needs),
            (0x6ffffffd, 1, definitions));
    }

    private static byte[] Assemble(params (uint Type, uint Link, byte[] Content)[] sections)
    {
        var image = new List<byte>(new byte[HeaderSize]);
        var headers = new List<byte>();
        foreach (var (type, link, content) in sections)
        {
            var header = new byte[SectionHeaderSize];
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), type);
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), (ulong)image.Count);
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), (ulong)content.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), link);
            headers.AddRange(header);
            image.AddRange(content);
        }

        var table = image.Count;
        image.AddRange(headers);
        var bytes = image.ToArray();
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1 }.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x28), (ulong)table);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3A), SectionHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3C), (ushort)sections.Length);
        return bytes;
    }

    private static void Need(byte[] target, int at, ushort index, uint name, uint next)
    {
        Write16(target, at + 4, 0, index);
        Write32(target, at + 8, name, next);
    }

    private static byte[] Bytes(params ushort[] values)
    {
        var bytes = new byte[values.Length * 2];
        Write16(bytes, 0, values);
        return bytes;
    }

    private static void Write16(byte[] target, int at, params ushort[] values)
    {
        foreach (var (i, value) in values.Index())
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target.AsSpan(at + (2 * i)), value);
        }
    }

    private static void Write32(byte[] target, int at, params uint[] values)
    {
        foreach (var (i, value) in values.Index())
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target.AsSpan(at + (4 * i)), value);
        }
    }

    private sealed class StringTable
    {
        private readonly List<byte> _bytes = [0];

        public uint Add(string text)
        {
            var at = (uint)_bytes.Count;
            _bytes.AddRange(Encoding.ASCII.GetBytes(text + '\0'));
            return at;
        }

        // The reader looks at four bytes at a time; a real file never ends with its string table.
        public byte[] ToArray() => [.. _bytes, 0, 0, 0, 0];
    }
}
