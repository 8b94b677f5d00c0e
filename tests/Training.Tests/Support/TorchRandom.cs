namespace EcgIntegration.Training.Tests.Support;

/// <summary>Torch has one source of random numbers a process: tests that draw from it take turns.</summary>
[CollectionDefinition(Name)]
public sealed class TorchRandom
{
    public const string Name = "torch random";
}
