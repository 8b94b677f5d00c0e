using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>What a feature asks of a type of resources that clients write, beyond valid R4.</summary>
internal interface IResourceRule
{
    /// <summary>The resource type.</summary>
    string Type { get; }

    /// <summary>Why a resource is refused, each with its place from the resource on; empty where it is taken.</summary>
    /// <param name="json">The resource, UTF-8 and valid R4.</param>
    IReadOnlyList<Reason> Check(ReadOnlyMemory<byte> json);
}
