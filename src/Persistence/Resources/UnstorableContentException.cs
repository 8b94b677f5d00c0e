using EcgIntegration.Contracts;

namespace EcgIntegration.Persistence.Resources;

/// <summary>A resource that PostgreSQL cannot hold as JSON; trying again cannot help.</summary>
/// <param name="reason">What is wrong, in the form the ledger and the outcome event carry.</param>
public sealed class UnstorableContentException(Reason reason) : Exception(reason.En)
{
    /// <summary>What is wrong; one of <see cref="StorageReasons"/>.</summary>
    public Reason Reason { get; } = reason;
}
