namespace EcgIntegration.Contracts.Events;

/// <summary>
/// The end of a replay, as published on <see cref="EventNames.Exchange"/>: identifiers, codes and counts only. Published at
/// least once; consumers remove duplicates by (<paramref name="Key"/>, <paramref name="State"/>).
/// </summary>
/// <param name="JobId">The replay, also the id of its FHIR Task; <see langword="null"/> where none came to be.</param>
/// <param name="Key">The key it was submitted under; for a wish by event without a key, the event's id.</param>
/// <param name="State"><c>completed</c>, <c>cancelled</c>, or <c>rejected</c> where the wish was not understood.</param>
/// <param name="DryRun">True where results were compared and none written.</param>
/// <param name="ModelSha256">The model that read, lower-case hexadecimal.</param>
/// <param name="Total">ECGs selected.</param>
/// <param name="Unchanged">Those with the same result.</param>
/// <param name="Changed">Those with another result.</param>
/// <param name="BecameUrgent">Of the changed ones, those now urgent or critical and not before.</param>
/// <param name="Failed">Those that a fault of the system kept from being read.</param>
/// <param name="NotReplayable">Those whose input was not kept, or was withdrawn.</param>
/// <param name="Reasons">Why, where it was rejected.</param>
/// <param name="FinishedAt">When.</param>
public sealed record ReplayFinished(
    Guid? JobId,
    string Key,
    string State,
    bool DryRun,
    string? ModelSha256,
    int Total,
    int Unchanged,
    int Changed,
    int BecameUrgent,
    int Failed,
    int NotReplayable,
    IReadOnlyList<Reason> Reasons,
    DateTimeOffset FinishedAt);
