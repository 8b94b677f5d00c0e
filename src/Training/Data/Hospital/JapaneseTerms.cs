using System.Text.RegularExpressions;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Data.Hospital;

/// <summary>Finds the catalogue's labels by their Japanese names, alone or in a report.</summary>
/// <remarks>
/// In a report longer names go first, so that 不完全右脚ブロック is not also 右脚ブロック. A name that なし, 認めず, 否定 or
/// their like follows is not present; names joined by ・, や, と, および, または share what follows the last of them, names
/// parted by 、 do not. Doubt (疑い) counts as present, and so does what cannot be ruled out (否定できず). Earlier ECGs,
/// histories and comparisons are not understood.
/// </remarks>
internal sealed partial class JapaneseTerms
{
    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _names = new(StringComparer.Ordinal);
    private readonly List<string> _longestFirst;

    public JapaneseTerms(IReadOnlyList<Label> labels)
    {
        foreach (var label in labels)
        {
            foreach (var name in Variants(OneSpelling(label.Ja)))
            {
                _names.TryAdd(name, [label.Code]);
            }

            _labels[OneSpelling(label.Code)] = [label.Code];
        }

        var known = labels.Select(label => label.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var other in TermMapping.Japanese.Terms.Where(term => term.Codes.All(known.Contains)))
        {
            _names.TryAdd(OneSpelling(other.Term), other.Codes);
        }

        foreach (var (name, codes) in _names)
        {
            _labels.TryAdd(name, [.. codes]);
        }

        _longestFirst = [.. _names.Keys.OrderByDescending(name => name.Length).ThenBy(name => name, StringComparer.Ordinal)];
    }

    /// <summary>The labels that a term or code means; <see langword="null"/> where it is none.</summary>
    public IReadOnlySet<string>? Named(string term) => _labels.GetValueOrDefault(OneSpelling(term));

    /// <summary>The labels that a report says are present.</summary>
    public IReadOnlySet<string> InReport(string report)
    {
        var text = OneSpelling(report);
        var found = Find(text);
        var present = new HashSet<string>(StringComparer.Ordinal);
        var negated = false;
        for (var i = found.Count - 1; i >= 0; i--)
        {
            var end = found[i].Start + found[i].Name.Length;
            var joined = i + 1 < found.Count && Joint().IsMatch(text[end..found[i + 1].Start]);
            negated = joined ? negated : Negation().IsMatch(text[end..]);
            if (!negated)
            {
                present.UnionWith(_names[found[i].Name]);
            }
        }

        return present;
    }

    private List<(int Start, string Name)> Find(string text)
    {
        var found = new List<(int Start, string Name)>();
        var taken = new bool[text.Length];
        foreach (var name in _longestFirst)
        {
            for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
            {
                if (!taken.AsSpan(at, name.Length).Contains(true) && IsWhole(text, at, name.Length))
                {
                    taken.AsSpan(at, name.Length).Fill(true);
                    found.Add((at, name));
                }
            }
        }

        found.Sort((a, b) => a.Start.CompareTo(b.Start));
        return found;
    }

    // An abbreviation is not part of a longer one: APC is not in APCD.
    private static bool IsWhole(string text, int start, int length)
    {
        var end = start + length;
        return !(start > 0 && char.IsAsciiLetterOrDigit(text[start]) && char.IsAsciiLetterOrDigit(text[start - 1]))
            && !(end < text.Length && char.IsAsciiLetterOrDigit(text[end - 1]) && char.IsAsciiLetterOrDigit(text[end]));
    }

    // PR（PQ）延長 is also PR延長 and PQ延長; ST-T変化（部位非特異的） is also ST-T変化.
    private static IEnumerable<string> Variants(string name)
    {
        yield return name;
        if (Parenthesis().Match(name) is { Success: true } match)
        {
            yield return match.Groups[1].Value + match.Groups[3].Value;
            if (match.Groups[2].Value.All(char.IsAsciiLetter))
            {
                yield return match.Groups[2].Value + match.Groups[3].Value;
            }
        }
    }

    /// <summary>One spelling: full and half width and Roman numerals alike, capitals, white space only between words.</summary>
    private static string OneSpelling(string text)
    {
        var upper = CharacterWidth.Fold(text).ToUpperInvariant().Trim();
        return WhiteSpace().Replace(LatinSpace().Replace(upper, string.Empty), "、");
    }

    [GeneratedRegex(@"^(.+)\((.+)\)(.*)$")]
    private static partial Regex Parenthesis();

    [GeneratedRegex(@"(?<=[A-Z0-9])[ \t\u3000]+(?=[^A-Z0-9\s])|(?<=[^A-Z0-9\s])[ \t\u3000]+(?=[A-Z0-9])")]
    private static partial Regex LatinSpace();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex("^(・|や|と|および|及び|または|又は|もしくは|/)$")]
    private static partial Regex Joint();

    [GeneratedRegex("^(の?(所見|徴候|パターン))?(とも|ともに|いずれも|など)?(は|も|を|が)?(、)?(明らかで|明らかに|特に)?(は|も)?(なし|無し|なく|無く|ない|無い|(認|みと)め(ず|ない|ません|られず|られない|られません)|[見み]られ(ず|ない|ません)|ありません|(は|を)?否定(?!でき|しき|し得|は?でき|的))")]
    private static partial Regex Negation();
}
