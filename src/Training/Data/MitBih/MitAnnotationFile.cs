using System.Buffers.Binary;
using System.Text;

namespace EcgIntegration.Training.Data.MitBih;

/// <summary>Reads an annotation file in MIT format, such as <c>100.atr</c>.</summary>
/// <remarks>
/// Little-endian words: six bits of code, ten bits of distance in samples from the annotation before. Codes above 58 are
/// none of their own: 59 skips a longer distance, 60-62 qualify the annotation before them, 63 gives it a text. A zero
/// word ends the file. Source: PhysioNet, WFDB Applications Guide, annot(5).
/// </remarks>
internal static class MitAnnotationFile
{
    private const int MaximumBytes = 16 << 20;
    private const int Skip = 59;
    private const int Qualifiers = 60;
    private const int Text = 63;

    // By code; a space where there is none.
    private const string Symbols = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

    /// <summary>Reads all annotations, in order.</summary>
    /// <exception cref="TrainingException">The file cannot be read, is cut off or is not in this format.</exception>
    public static IReadOnlyList<MitAnnotation> Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = new FileInfo(path).Length <= MaximumBytes ? File.ReadAllBytes(path) : throw Damaged(path, "is larger than any annotation file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The annotations {path} cannot be read: they must lie beside the header.", e);
        }

        return Parse(path, bytes);
    }

    private static List<MitAnnotation> Parse(string path, ReadOnlySpan<byte> bytes)
    {
        var annotations = new List<MitAnnotation>();
        long sample = 0;
        for (var at = 0; at + 2 <= bytes.Length;)
        {
            var word = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
            at += 2;
            var (code, value) = (word >> 10, word & 0x3FF);
            if (word == 0)
            {
                return annotations;
            }

            if (code == Skip)
            {
                if (at + 4 > bytes.Length)
                {
                    break;
                }

                // The higher half comes first.
                sample += (BinaryPrimitives.ReadInt16LittleEndian(bytes[at..]) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]);
                at += 4;
            }
            else if (code == Text)
            {
                if (at + value > bytes.Length)
                {
                    break;
                }

                if (annotations.Count > 0)
                {
                    annotations[^1] = annotations[^1] with { Note = Encoding.Latin1.GetString(bytes.Slice(at, value)).TrimEnd('\0') };
                }

                at += value + (value % 2);
            }
            else if (code < Qualifiers)
            {
                sample += value;
                if (sample is < 0 or > int.MaxValue || code >= Symbols.Length)
                {
                    throw Damaged(path, "is not in the MIT annotation format");
                }

                annotations.Add(new MitAnnotation((int)sample, Symbols[code], string.Empty));
            }
        }

        throw Damaged(path, "is cut off");
    }

    private static TrainingException Damaged(string path, string how) => new($"The annotation file {path} {how}: fetch it again.");
}
