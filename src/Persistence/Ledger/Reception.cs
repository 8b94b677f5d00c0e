namespace EcgIntegration.Persistence.Ledger;

/// <summary>How an event was received.</summary>
public enum ReceptionKind
{
    /// <summary>A study came to be.</summary>
    New,

    /// <summary>Another event has brought the same ECG: this one shares its study.</summary>
    Joined,

    /// <summary>The event is recorded already: nothing was written.</summary>
    Repeated,

    /// <summary>The event's id is recorded already, with another ECG: nothing was written, and the entry is the other ECG's.</summary>
    Reused,
}

/// <summary>What is recorded of an event after its reception.</summary>
/// <param name="Entry">The ledger's entry. Where its status is final there is nothing to analyse.</param>
/// <param name="Kind">What the reception found.</param>
public sealed record Reception(LedgerEntry Entry, ReceptionKind Kind)
{
    /// <summary>The study.</summary>
    /// <exception cref="InvalidOperationException">The event was rejected before and has none: its entry's status is final.</exception>
    public Guid StudyId => Entry.StudyId ?? throw NoStudy();

    /// <summary>Logical id of the stored Observation.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="StudyId"/>.</exception>
    public string ObservationId => Entry.Observation?["Observation/".Length..] ?? throw NoStudy();

    /// <summary>Version of the stored Observation.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="StudyId"/>.</exception>
    public int ObservationVersion => Entry.ObservationVersion ?? throw NoStudy();

    private static InvalidOperationException NoStudy() => new("The event was rejected before; it has no study.");
}
