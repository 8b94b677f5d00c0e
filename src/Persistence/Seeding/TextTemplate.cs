using System.Buffers;
using System.Text;

namespace EcgIntegration.Persistence.Seeding;

/// <summary>A text cut at the places where each copy has something of its own.</summary>
internal sealed class TextTemplate
{
    private readonly List<(byte[] Before, int Slot)> _parts = [];
    private readonly byte[] _rest;

    /// <summary>Cuts a text.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="places">What stands at the places, by slot.</param>
    public TextTemplate(ReadOnlySpan<byte> text, IReadOnlyList<string> places)
    {
        var finds = places.Select(Encoding.UTF8.GetBytes).ToList();
        while (true)
        {
            var (at, slot) = (-1, -1);
            for (var i = 0; i < finds.Count; i++)
            {
                var found = text.IndexOf(finds[i]);
                if (found >= 0 && (at < 0 || found < at))
                {
                    (at, slot) = (found, i);
                }
            }

            if (at < 0)
            {
                break;
            }

            _parts.Add((text[..at].ToArray(), slot));
            text = text[(at + finds[slot].Length)..];
        }

        _rest = text.ToArray();
    }

    /// <summary>The text with values in the places.</summary>
    public byte[] Fill(IReadOnlyList<byte[]> values)
    {
        var output = new ArrayBufferWriter<byte>(_rest.Length + (_parts.Count * 64) + 1024);
        foreach (var (before, slot) in _parts)
        {
            output.Write(before);
            output.Write(values[slot]);
        }

        output.Write(_rest);
        return output.WrittenSpan.ToArray();
    }
}
