using System.Text.Json;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>
/// The place of the current token in a document, as bytes: names and indexes from the root, each after a separator. It does
/// not depend on the order of names in an object, which jsonb changes.
/// </summary>
internal sealed class JsonPlace : IDisposable
{
    private const byte NameMark = 0x1F;
    private const byte IndexMark = 0x1E;

    private readonly PooledBuffer _path = new(256);
    private readonly Stack<Level> _levels = new();

    /// <summary>The current place; valid until the next call.</summary>
    public ReadOnlySpan<byte> Path => _path.Written.Span;

    /// <summary>Call on a property name, before its value is entered.</summary>
    public void Name(ReadOnlySpan<byte> unescaped)
    {
        _path.Truncate(_levels.Peek().PathLength);
        Append(NameMark, unescaped);
    }

    /// <summary>Call on every value (scalar or start of a container), before it is handled.</summary>
    public void Value()
    {
        if (!_levels.TryPeek(out var level) || !level.IsArray)
        {
            return;
        }

        _levels.Pop();
        _path.Truncate(level.PathLength);
        Span<byte> digits = stackalloc byte[10];
        level.Index.TryFormat(digits, out var written, provider: null);
        Append(IndexMark, digits[..written]);
        _levels.Push(level with { Index = level.Index + 1 });
    }

    /// <summary>Call after <see cref="Value"/> on the start of a container.</summary>
    public void Enter(JsonTokenType start) =>
        _levels.Push(new Level(_path.Written.Length, start == JsonTokenType.StartArray, 0));

    /// <summary>Call on the end of a container; the place is then that of the container.</summary>
    public void Leave() => _path.Truncate(_levels.Pop().PathLength);

    public void Dispose() => _path.Dispose();

    private void Append(byte mark, ReadOnlySpan<byte> text)
    {
        var span = _path.GetSpan(text.Length + 1);
        span[0] = mark;
        text.CopyTo(span[1..]);
        _path.Advance(text.Length + 1);
    }

    private readonly record struct Level(int PathLength, bool IsArray, int Index);
}
