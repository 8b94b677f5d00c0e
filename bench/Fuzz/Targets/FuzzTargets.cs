namespace EcgIntegration.Fuzz.Targets;

/// <summary>Every reader of bytes that this system did not write itself, and of those it did and that disks can spoil.</summary>
internal static class FuzzTargets
{
    /// <summary>A new set, for one thread.</summary>
    public static IReadOnlyList<FuzzTarget> Create() =>
    [
        new EventTarget(),
        new SignalTarget(),
        new EnvelopeTarget(),
        new IncomingEcgTarget(),
        new ResourceTarget(),
        new WfdbTarget(),
        new SearchTarget(),
        new BundleTarget(),
        new StoredTokensTarget(),
        new KeptBodyTarget(),
        new DeadLetterTarget(),
        new EventHeadTarget(),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ReadNames();

    private static List<string> ReadNames()
    {
        var targets = Create();
        var names = targets.Select(target => target.Name).ToList();
        foreach (var target in targets)
        {
            target.Dispose();
        }

        return names;
    }
}
