using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Evaluation;

/// <summary>The 23 diagnostic subclasses of PTB-XL (<c>scp_statements.csv</c>), measured as <see cref="Superclasses"/> are.</summary>
internal static class Subclasses
{
    private static readonly Dictionary<string, string> ByCode = Read();

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByCode.Values.Distinct(StringComparer.Ordinal)];

    /// <summary>Indexes of a subclass's labels among those trained.</summary>
    public static IReadOnlyList<int> Members(IReadOnlyList<Label> labels, string name, IReadOnlyList<int> training) =>
        [.. Enumerable.Range(0, labels.Count).Where(i => ByCode.GetValueOrDefault(labels[i].Code) == name && training[i] > 0)];

    private static Dictionary<string, string> Read()
    {
        using var stream = typeof(Subclasses).Assembly.GetManifestResourceStream("subclasses.csv")
            ?? throw new InvalidOperationException("The table of subclasses is not part of this build.");
        using var reader = new StreamReader(stream);
        return CsvTable.Read(reader).ToDictionary(row => row["code"], row => row["subclass"], StringComparer.Ordinal);
    }
}
