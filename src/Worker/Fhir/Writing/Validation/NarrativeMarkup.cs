using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// The markup of R4's narratives (fhir-xhtml.xsd): what HTML 4 has in its chapters 7 to 11 and 15 for formatting, without what it calls
/// deprecated, and links and images. All else is refused, whether it is known to do harm or not.
/// </summary>
internal static partial class NarrativeMarkup
{
    public const string Namespace = "http://www.w3.org/1999/xhtml";

    private static readonly FrozenSet<string> Elements = Words(
        """
        div p br h1 h2 h3 h4 h5 h6 hr address blockquote pre span bdo sub sup q a img map area
        em strong dfn code samp kbd var cite abbr acronym tt i b big small ul ol li dl dt dd
        table caption colgroup col thead tfoot tbody tr th td
        """);

    private static readonly FrozenSet<string> Attributes = Words(
        """
        id class title style lang dir accesskey tabindex name type charset hreflang rel rev shape coords nohref alt height width ismap
        abbr align axis border cellpadding cellspacing char charoff colspan frame headers rowspan rules scope span summary valign
        """);

    private static readonly FrozenSet<string> Links = Words("href cite longdesc");

    private static readonly FrozenSet<string> Schemes = Words("http https mailto tel urn");

    /// <summary>How CSS fetches something, runs something, or hides that it does.</summary>
    private static readonly string[] ActiveStyles =
        ["url(", "src(", "image(", "image-set(", "expression(", "@", "javascript:", "behavior:", "-moz-binding", "://", "\\", "<"];

    /// <summary>Whether an element formats.</summary>
    public static bool IsElement(string name) => Elements.Contains(name);

    /// <summary>What is wrong with an attribute, in words of HTML; <see langword="null"/> where it is permitted.</summary>
    /// <param name="element">The element it stands at.</param>
    /// <param name="prefix">Its prefix.</param>
    /// <param name="name">Its name without the prefix.</param>
    /// <param name="value">Its value.</param>
    public static string? Examine(string element, string prefix, string name, string value) => (prefix, name) switch
    {
        ("", "xmlns") => null,
        ("xmlns", _) => null,
        ("xml", "lang" or "space") => null,
        ("", "src") => element == "img" && IsOwnImage(value) ? null : "src",
        ("", "usemap") => value.StartsWith('#') ? null : "usemap",
        ("", "style") => IsPassive(value) ? null : "style",
        ("", _) when Links.Contains(name) => IsLink(value) ? null : name,
        ("", _) => Attributes.Contains(name) ? null : "attribute",
        _ => "attribute",
    };

    /// <summary>Browsers pass over blanks and control characters in a URL: so does this.</summary>
    private static bool IsLink(string value) => Scheme().Match(Visible(value)) is not { Success: true } scheme
        || Schemes.Contains(scheme.Groups["name"].Value.ToLowerInvariant());

    private static bool IsOwnImage(string value) =>
        Visible(value) is var url && (url.StartsWith('#') || url.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase));

    private static bool IsPassive(string style)
    {
        var bare = Comment().Replace(Visible(style).ToLowerInvariant(), "");
        return !ActiveStyles.Any(active => bare.Contains(active, StringComparison.Ordinal)) && !Overlay().IsMatch(bare);
    }

    private static string Visible(string value) => string.Concat(value.Where(character => character > ' ' && !char.IsControl(character)));

    private static FrozenSet<string> Words(string list) =>
        list.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("^(?<name>[A-Za-z][A-Za-z0-9+.-]*):")]
    private static partial Regex Scheme();

    /// <summary>Out of its place a narrative could lie over the page around it, and say something in its name.</summary>
    [GeneratedRegex("(^|;)(position:(?!static|relative)|z-index:)")]
    private static partial Regex Overlay();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
