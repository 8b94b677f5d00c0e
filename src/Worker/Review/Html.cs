using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace EcgIntegration.Worker.Review;

/// <summary>Text that is HTML already.</summary>
/// <param name="Text">The HTML.</param>
internal readonly record struct Markup(string Text)
{
    public static Markup None { get; } = new("");

    public override string ToString() => Text;
}

/// <summary>HTML from interpolated strings: every value in a hole is encoded, unless it is <see cref="Markup"/>.</summary>
internal static class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>The template with its values encoded.</summary>
    public static Markup Of(HtmlTemplate template) => new(template.ToString());

    /// <summary>Several pieces one after another.</summary>
    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.Text)));

    /// <summary>The literal parts are the program's own; the holes are not.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct HtmlTemplate
    {
        private readonly StringBuilder _text;

        public HtmlTemplate(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (16 * formattedCount));

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Markup markup) => _text.Append(markup.Text);

        public void AppendFormatted(string? text) => _text.Append(Encoder.Encode(text ?? ""));

        public void AppendFormatted<T>(T value) where T : IFormattable =>
            AppendFormatted(value.ToString(null, CultureInfo.InvariantCulture));

        public void AppendFormatted<T>(T value, string format) where T : IFormattable =>
            AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

        public override string ToString() => _text.ToString();
    }
}
