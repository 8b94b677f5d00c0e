using System.Buffers.Binary;
using System.Text;

namespace EcgIntegration.Training.Native;

/// <summary>
/// The symbol-version tables of a 64-bit little-endian ELF library: which versions it defines, which it asks of other
/// libraries, and which of those a relocation really uses.
/// </summary>
/// <remarks>Layout: System V ABI, and the "Symbol Versioning" chapter of the Linux Standard Base.</remarks>
internal sealed class ElfFile
{
    private const uint TypeRela = 4;
    private const uint TypeDynamicSymbols = 11;
    private const uint TypeVersionDefinitions = 0x6ffffffd;
    private const uint TypeVersionNeeds = 0x6ffffffe;
    private const uint TypeVersionIndexes = 0x6fffffff;
    private const int SymbolSize = 24;
    private const int RelaSize = 24;

    private readonly byte[] _image;
    private readonly Section[] _sections;

    private ElfFile(byte[] image, Section[] sections)
    {
        _image = image;
        _sections = sections;
    }

    /// <summary>Reads the tables; the image stays the caller's, so that flags can be changed in place.</summary>
    /// <exception cref="InvalidDataException">Not such a library, or damaged.</exception>
    public static ElfFile Parse(byte[] image)
    {
        if (image.Length < 64 || !image.AsSpan(0, 6).SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        }

        try
        {
            var table = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(0x28)));
            var size = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(0x3A));
            var count = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(0x3C));
            var sections = new Section[count];
            for (var i = 0; i < count; i++)
            {
                sections[i] = Section.Read(image.AsSpan(table + (i * size), size));
            }

            return new ElfFile(image, sections);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The ELF section headers point outside the file.", e);
        }
    }

    /// <summary>Names of the versions this library defines, for example <c>GLIBCXX_3.4.30</c>.</summary>
    public IReadOnlySet<string> DefinedVersions()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in Of(TypeVersionDefinitions))
        {
            for (int at = section.Offset, step = 1; step != 0; at += step)
            {
                step = ToInt(at + 16);
                names.Add(Name(section, ToInt(at + ToInt(at + 12))));
            }
        }

        return names;
    }

    /// <summary>The versions this library asks of others.</summary>
    public IReadOnlyList<ElfVersionNeed> VersionNeeds()
    {
        var needs = new List<ElfVersionNeed>();
        foreach (var section in Of(TypeVersionNeeds))
        {
            for (int at = section.Offset, step = 1; step != 0; at += step)
            {
                step = ToInt(at + 12);
                var library = Name(section, ToInt(at + 4));
                for (int entry = at + ToInt(at + 8), next = 1; next != 0; entry += next)
                {
                    next = ToInt(entry + 12);
                    needs.Add(new ElfVersionNeed(library, Name(section, ToInt(entry + 8)), ToUInt16(entry + 6), entry + 4, ToUInt16(entry + 4)));
                }
            }
        }

        return needs;
    }

    /// <summary>Whether a relocation refers to a symbol of this version: without it the loader could not bind the library.</summary>
    public bool IsRelocated(ElfVersionNeed need)
    {
        var indexes = Of(TypeVersionIndexes).Single();
        foreach (var relocations in Of(TypeRela).Where(section => _sections[section.Link].Type == TypeDynamicSymbols))
        {
            for (var at = relocations.Offset; at < relocations.Offset + relocations.Size; at += RelaSize)
            {
                var symbol = ToInt(at + 12);
                if (symbol != 0 && (ToUInt16(indexes.Offset + (2 * symbol)) & 0x7fff) == need.Index)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>How many dynamic symbols carry this version.</summary>
    public int SymbolsOf(ElfVersionNeed need)
    {
        var indexes = Of(TypeVersionIndexes).Single();
        var symbols = Of(TypeDynamicSymbols).Single().Size / SymbolSize;
        return Enumerable.Range(0, symbols).Count(symbol => (ToUInt16(indexes.Offset + (2 * symbol)) & 0x7fff) == need.Index);
    }

    private IEnumerable<Section> Of(uint type) => _sections.Where(section => section.Type == type);

    private string Name(Section section, int offset)
    {
        var text = Bytes(_sections[section.Link].Offset + offset);
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    private int ToInt(int at) => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(Bytes(at)));

    private ushort ToUInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(at));

    private ReadOnlySpan<byte> Bytes(int at) => at >= 0 && at <= _image.Length - 4
        ? _image.AsSpan(at)
        : throw new InvalidDataException("An ELF version table points outside the file.");

    private readonly record struct Section(uint Type, int Offset, int Size, int Link)
    {
        public static Section Read(ReadOnlySpan<byte> header) => new(
            BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
            checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[24..])),
            checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..])),
            checked((int)BinaryPrimitives.ReadUInt32LittleEndian(header[40..])));
    }
}

/// <summary>A symbol version that one library asks of another.</summary>
/// <param name="Library">The library asked, for example <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version, for example <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">Its index in the asking library's symbol table.</param>
/// <param name="FlagsOffset">Where its flags stand in the file.</param>
/// <param name="Flags">The flags as read.</param>
internal readonly record struct ElfVersionNeed(string Library, string Version, ushort Index, int FlagsOffset, ushort Flags)
{
    /// <summary>VER_FLG_WEAK: the loader accepts a library without this version.</summary>
    public const ushort Weak = 2;

    /// <summary>Whether the loader accepts a library without this version.</summary>
    public bool IsWeak => (Flags & Weak) != 0;
}
