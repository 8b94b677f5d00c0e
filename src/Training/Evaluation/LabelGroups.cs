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
    public static IReadOnlyList<ScoredTask> Of(IReadOnlyList<Label> labels, ScoredSet set, IReadOnlyList<int> training)
    {
        ScoredTask Single(string name, Func<Label, bool> wanted) => new(name, [
            .. Enumerable.Range(0, labels.Count)
                .Where(label => training[label] > 0 && wanted(labels[label]))
                .Select(label => set.Target(labels[label].Code, label))
                .Where(target => target.IsMeasurable(Metrics.MinimumPositives)),
        ]);

        ScoredTask Joint(string name, IReadOnlyList<string> groups, Func<string, IReadOnlyList<int>> members, int fewest) => new(name, [
            .. groups
                .Select(group => (Group: group, Members: members(group)))
                .Where(group => group.Members.Count > 0)
                .Select(group => set.Target(group.Group, group.Members))
                .Where(target => target.IsMeasurable(fewest)),
        ], IsJoint: true);

        return
        [
            Single("all", _ => true),
            Single("diagnostic", label => Superclasses.Names.Contains(label.Class)),
            Joint("subclass", Subclasses.Names, name => Subclasses.Members(labels, name, training), Metrics.MinimumPositives),
            Joint("superclass", Superclasses.Names, name => Superclasses.Members(labels, name, training), FewestOfAClass),
            Single("form", label => label.Class == "form"),
            Single("rhythm", label => label.Class == "rhythm"),
        ];
    }
}
