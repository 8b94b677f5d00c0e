using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Evaluation;

/// <summary>The tasks that figures are given for: single statements by kind, and PTB-XL's sub- and superclasses.</summary>
internal static class LabelGroups
{
    private const int FewestOfAClass = 1;

    /// <summary>The tasks of a set, each with its targets in the order of the catalogue.</summary>
    /// <param name="labels">The label catalogue.</param>
    /// <param name="set">The scored ECGs.</param>
    /// <param name="training">How many training ECGs carried each label; untrained ones take no part.</param>
    /// <param name="fewest">Fewest positives of a target, but for superclasses, of which one is enough.</param>
    public static IReadOnlyList<ScoredTask> Of(
        IReadOnlyList<Label> labels, ScoredSet set, IReadOnlyList<int> training, int fewest = Metrics.MinimumPositives)
    {
        ScoredTask Single(string name, Func<Label, bool> wanted) => new(name, [
            .. Enumerable.Range(0, labels.Count)
                .Where(label => training[label] > 0 && wanted(labels[label]))
                .Select(label => set.Target(labels[label].Code, label))
                .Where(target => target.IsMeasurable(fewest)),
        ]);

        ScoredTask Joint(string name, IReadOnlyList<string> groups, Func<string, IReadOnlyList<int>> members, int least) => new(name, [
            .. groups
                .Select(group => (Group: group, Members: members(group)))
                .Where(group => group.Members.Count > 0)
                .Select(group => set.Target(group.Group, group.Members))
                .Where(target => target.IsMeasurable(least)),
        ]);

        return
        [
            Single("all", _ => true),
            Single("diagnostic", label => Superclasses.Names.Contains(label.Class)),
            Joint("subclass", Subclasses.Names, name => Subclasses.Members(labels, name, training), fewest),
            Joint(Superclasses.Task, Superclasses.Names, name => Superclasses.Members(labels, name, training), FewestOfAClass),
            Single("form", label => label.Class == "form"),
            Single("rhythm", label => label.Class == "rhythm"),
        ];
    }
}
