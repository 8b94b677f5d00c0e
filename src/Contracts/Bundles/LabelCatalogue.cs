namespace EcgIntegration.Contracts.Bundles;

/// <summary>Rules every label catalogue keeps.</summary>
public static class LabelCatalogue
{
    private static readonly HashSet<string> Classes = ["NORM", "STTC", "MI", "HYP", "CD", "form", "rhythm", "quality"];

    /// <summary>Checks a catalogue.</summary>
    /// <param name="labels">The labels in order.</param>
    /// <param name="minimum">Fewest labels allowed.</param>
    /// <exception cref="ModelBundleException">A rule is broken; the message names the label.</exception>
    public static void Validate(IReadOnlyList<Label> labels, int minimum)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count < minimum)
        {
            throw new ModelBundleException($"The label catalogue has {labels.Count} labels; at least {minimum} are needed.");
        }

        var codes = new HashSet<string>(StringComparer.Ordinal);
        var terms = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            var problem = label switch
            {
                null or { Code: null or "" } => "has no code",
                { En: null or "" } or { Ja: null or "" } => "lacks its English or Japanese term",
                _ when !Classes.Contains(label.Class) => "has an unknown class",
                _ when !Enum.IsDefined(label.Urgency) => "has an unknown urgency",
                _ when !codes.Add(label.Code) => "stands twice",
                _ when !terms.Add(label.Ja) => "has the same Japanese term as another label",
                _ => null,
            };
            if (problem is not null)
            {
                throw new ModelBundleException($"Label {label?.Code} of the catalogue {problem}.");
            }
        }
    }
}
