using System.Collections.Frozen;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Catalogue;

/// <summary>What the terms of a source are in the label catalogue: a table of <c>models/catalogue/mappings</c>.</summary>
internal sealed class TermMapping
{
    private const string NoFinding = "-";

    // LUDB writes its statements in two capitalisations, MIT-BIH's symbols differ by it.
    private readonly FrozenDictionary<string, MappedTerm> _exact;
    private readonly FrozenDictionary<string, MappedTerm> _anyCase;

    private TermMapping(IReadOnlyList<MappedTerm> terms)
    {
        Terms = terms;
        _exact = terms.ToFrozenDictionary(term => term.Term, StringComparer.Ordinal);
        _anyCase = terms.DistinctBy(term => term.Term, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(term => term.Term, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Statements of PTB-XL.</summary>
    public static TermMapping Scp { get; } = BuiltIn("scp");

    /// <summary>SNOMED CT concepts of the PhysioNet/CinC challenges.</summary>
    public static TermMapping Snomed { get; } = BuiltIn("snomed");

    /// <summary>Diagnoses of LUDB.</summary>
    public static TermMapping Ludb { get; } = BuiltIn("ludb");

    /// <summary>Beats and rhythms of MIT-BIH.</summary>
    public static TermMapping MitBih { get; } = BuiltIn("mit-bih");

    /// <summary>Other Japanese names of the catalogue's labels.</summary>
    public static TermMapping Japanese { get; } = BuiltIn("japanese");

    /// <summary>All lines.</summary>
    public IReadOnlyList<MappedTerm> Terms { get; }

    /// <summary>What a term is, or <see langword="null"/> where the table lacks it.</summary>
    public MappedTerm? Find(string term) => _exact.GetValueOrDefault(term) ?? _anyCase.GetValueOrDefault(term);

    private static TermMapping BuiltIn(string name)
    {
        using var stream = typeof(TermMapping).Assembly.GetManifestResourceStream($"mappings/{name}.csv")
            ?? throw new InvalidOperationException($"The mapping {name} is not part of this build.");
        using var reader = new StreamReader(stream);
        return new TermMapping([.. CsvTable.Read(reader).Select(row => new MappedTerm(
            row["term"],
            row["codes"] == NoFinding ? [] : row["codes"].Split(';', StringSplitOptions.RemoveEmptyEntries),
            row["meaning"],
            row["codes"] == NoFinding))]);
    }
}

/// <summary>One line of a mapping.</summary>
/// <param name="Term">The source's term.</param>
/// <param name="Codes">Codes of the catalogue; none where it has no label for the term.</param>
/// <param name="Meaning">What the term means, where it does not say so itself.</param>
/// <param name="SaysNothing">Whether the term is no finding, such as a normal beat, and so is not counted as lost.</param>
internal sealed record MappedTerm(string Term, IReadOnlyList<string> Codes, string Meaning, bool SaysNothing);
