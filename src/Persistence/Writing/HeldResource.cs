using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Writing;

/// <summary>A stored resource, held until the transaction ends: nobody else changes it meanwhile.</summary>
public sealed class HeldResource
{
    internal HeldResource(ResourceHolder holder, bool isEcg)
    {
        Holder = holder;
        IsEcg = isEcg;
    }

    /// <summary>Its version.</summary>
    public int Version => Holder.Version;

    /// <summary>Its current version is a deletion.</summary>
    public bool IsDeleted => Holder.Deleted;

    /// <summary>This system wrote it.</summary>
    public bool IsMachineMade => Holder.SourceSystem.Length == 0;

    /// <summary>An Observation that triage was or is to be made of.</summary>
    public bool IsEcg { get; }

    /// <summary>The patient it is stored under.</summary>
    public string? Patient => Holder.Patient;

    internal ResourceHolder Holder { get; }

    /// <summary>Whether the stored content is a resource's.</summary>
    public bool HasContentOf(ClientResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return !IsDeleted && Holder.HasContent(resource.Prepared);
    }

    /// <summary>
    /// Whether a resource is about another patient: what is stored under one patient never moves to another one. The reference
    /// says most; where one of the two has none, the identifiers have to agree.
    /// </summary>
    public bool IsOfAnotherPatientThan(ClientResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var identifier = resource.Prepared.Fields.PatientIdentifier;
        return (Holder.Patient, resource.Patient) switch
        {
            (not null, not null) => Holder.Patient != resource.Patient,
            _ => Holder.PatientIdentifier is not null && identifier is not null && Holder.PatientIdentifier != identifier,
        };
    }
}
