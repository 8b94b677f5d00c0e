using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>The result that an ECG has now, and that the next one has to take account of.</summary>
/// <param name="StudyId">The study that gave it.</param>
/// <param name="ObservationVersion">The newest version of the ECG that it holds for: the one it was made from, or a later one of the same signal.</param>
/// <param name="Lineage">What the ids of its resources derive from.</param>
/// <param name="Resources">Its resources as they are now, also those withdrawn by it; the Device is not among them.</param>
public sealed record CurrentResult(Guid StudyId, int ObservationVersion, string Lineage, IReadOnlyList<StoredResource> Resources)
{
    /// <summary>What it was read for; <see langword="null"/> where it was withdrawn.</summary>
    public EventPriority? Priority { get; init; }
}

/// <summary>
/// The result of an ECG is no longer the one that another was composed against: read it again and compose anew. Carries
/// no value of the input.
/// </summary>
public sealed class ResultChangedException : Exception
{
    /// <summary>Made where the ledger finds it out.</summary>
    public ResultChangedException()
        : base("The result of the ECG has changed meanwhile.")
    {
    }

    /// <inheritdoc/>
    public ResultChangedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public ResultChangedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
