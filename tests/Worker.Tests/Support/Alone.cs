namespace EcgIntegration.Worker.Tests.Support;

/// <summary>Tests that take the whole machine: they run after the others, one by one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
