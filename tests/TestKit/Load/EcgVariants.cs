using System.Text;
using System.Text.RegularExpressions;

namespace EcgIntegration.TestKit.Load;

/// <summary>
/// As many different ECGs as a test asks for: the shipped samples under other ids and identifiers. Each is an ECG of its
/// own, because its identity differs, and real, because its signal does not.
/// </summary>
public sealed partial class EcgVariants
{
    // No sample holds it, and JSON does not allow it to.
    private const char Mark = '\u0001';

    private readonly IReadOnlyList<Template> _templates = [.. Repository.Samples.Select(Read)];

    /// <summary>An ECG.</summary>
    /// <param name="number">Which; the same number gives the same ECG.</param>
    /// <param name="prefix">Begins its id and identifier.</param>
    public byte[] Ecg(int number, string prefix) => Render(TemplateOf(number).Original, IdOf(number, prefix));

    /// <summary>The same ECG with all its voltages a hundredth higher or so: its next version.</summary>
    public byte[] Corrected(int number, string prefix) => Render(TemplateOf(number).Rescaled, IdOf(number, prefix));

    /// <summary>The same ECG, taken back.</summary>
    public byte[] EnteredInError(int number, string prefix) => Replace(number, prefix, "\"status\":\"final\"", "\"status\":\"entered-in-error\"");

    /// <summary>The same ECG in a unit that is none.</summary>
    public byte[] WithUnknownUnit(int number, string prefix) => Replace(number, prefix, "\"code\":\"mV\"", "\"code\":\"[lb_av]\"", "\"code\":\"uV\"");

    /// <summary>Its logical id.</summary>
    public static string IdOf(int number, string prefix) => $"{prefix}-{number:D6}";

    private Template TemplateOf(int number) => _templates[number % _templates.Count];

    private byte[] Replace(int number, string prefix, string old, string replacement, string? alternative = null)
    {
        var text = Encoding.UTF8.GetString(Ecg(number, prefix));
        var found = text.Contains(old, StringComparison.Ordinal) ? old : alternative ?? old;
        var changed = text.Replace(found, replacement, StringComparison.Ordinal);
        return changed != text
            ? Encoding.UTF8.GetBytes(changed)
            : throw new InvalidOperationException($"A sample does not hold {found}.");
    }

    private static byte[] Render(byte[][] parts, string id)
    {
        var name = Encoding.ASCII.GetBytes(id);
        var body = new byte[parts.Sum(part => part.Length) + ((parts.Length - 1) * name.Length)];
        var at = 0;
        foreach (var (index, part) in parts.Index())
        {
            if (index > 0)
            {
                name.CopyTo(body, at);
                at += name.Length;
            }

            part.CopyTo(body, at);
            at += part.Length;
        }

        return body;
    }

    private static Template Read(string file)
    {
        var text = File.ReadAllText(file);
        var marked = IdentifierPattern().Replace(text.Replace($"\"id\":\"{Path.GetFileNameWithoutExtension(file)}\"", $"\"id\":\"{Mark}\"", StringComparison.Ordinal), $"{Mark}");
        var rescaled = FactorPattern().Replace(marked, match => match.Groups[1].Value == "1" ? "\"factor\":1.01" : $"\"factor\":{match.Groups[1].Value}01");
        return marked.Count(c => c == Mark) == 2 && rescaled != marked
            ? new(Split(marked), Split(rescaled))
            : throw new InvalidOperationException($"{Path.GetFileName(file)} is not of the form that variants are made from.");
    }

    private static byte[][] Split(string text) => [.. text.Split(Mark).Select(Encoding.UTF8.GetBytes)];

    [GeneratedRegex("CANARY-[0-9]+-ECG")]
    private static partial Regex IdentifierPattern();

    [GeneratedRegex("\"factor\":(1|0\\.001)(?=[,}])")]
    private static partial Regex FactorPattern();

    private sealed record Template(byte[][] Original, byte[][] Rescaled);
}
