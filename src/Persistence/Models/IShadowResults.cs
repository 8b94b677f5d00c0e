using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Persistence.Models;

/// <summary>
/// What models in the shadow said. There is no queue of what they have still to read: that is every study that finished
/// since the role began and has no result of theirs yet, so a crash loses nothing.
/// </summary>
public interface IShadowResults
{
    /// <summary>
    /// Takes the lead in reading for the shadow, or returns <see langword="null"/> where another worker has it. A worker
    /// that dies loses it. Two that both believe to have it do work twice and write once.
    /// </summary>
    Task<IAsyncDisposable?> TryLeadAsync(CancellationToken cancellationToken);

    /// <summary>Studies of other models that finished since a moment and that this model has not read, the longest finished first.</summary>
    Task<IReadOnlyList<UnreadStudy>> UnreadAsync(string modelSha256, DateTimeOffset since, int limit, CancellationToken cancellationToken);

    /// <summary>How many of those there are.</summary>
    Task<long> CountUnreadAsync(string modelSha256, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Keeps what a model said. The first result of a model for a study stands.</summary>
    Task KeepAsync(ShadowResult result, CancellationToken cancellationToken);

    /// <summary>How a model in the shadow compares with those that decided.</summary>
    /// <param name="modelSha256">The model in the shadow.</param>
    /// <param name="since">Only studies that finished since; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ShadowSummary> SummariseAsync(string modelSha256, DateTimeOffset? since, CancellationToken cancellationToken);

    /// <summary>
    /// Studies that it decided otherwise. First those that would stop being urgent and those that would become so, of each
    /// the newest first.
    /// </summary>
    /// <param name="modelSha256">The model in the shadow.</param>
    /// <param name="since">As for <see cref="SummariseAsync"/>.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<ShadowDisagreement>> DisagreementsAsync(
        string modelSha256, DateTimeOffset? since, int limit, CancellationToken cancellationToken);
}

/// <summary>A finished study that the shadow has still to read.</summary>
/// <param name="StudyId">The study.</param>
/// <param name="ObservationId">Logical id of its ECG.</param>
/// <param name="ObservationVersion">The ECG's version.</param>
/// <param name="Priority">The most urgent of its events.</param>
public sealed record UnreadStudy(Guid StudyId, string ObservationId, int ObservationVersion, EventPriority Priority);

/// <summary>What a model in the shadow said about one ECG.</summary>
/// <param name="StudyId">The study that another model decided.</param>
/// <param name="ModelSha256">The model in the shadow.</param>
/// <param name="Status">Any final status but rejected; failed where it could not read an ECG that the other could.</param>
/// <param name="Urgency">How soon a physician should look, by this model.</param>
/// <param name="Reasons">Why, where it suggests nothing.</param>
/// <param name="Suggestions">What it suggests.</param>
/// <param name="Execution">How it ran; <see langword="null"/> where it did not.</param>
public sealed record ShadowResult(
    Guid StudyId,
    string ModelSha256,
    StudyStatus Status,
    Urgency? Urgency,
    IReadOnlyList<Reason> Reasons,
    IReadOnlyList<LedgerSuggestion> Suggestions,
    StudyExecution? Execution);

/// <summary>A comparison in numbers of studies.</summary>
/// <param name="Compared">Read by both models, withdrawn ECGs aside.</param>
/// <param name="Same">Same status, urgency and suggestions.</param>
/// <param name="WouldStopBeingUrgent">Urgent or critical now, less by the shadow.</param>
/// <param name="WouldBecomeUrgent">Urgent or critical only by the shadow.</param>
/// <param name="OtherStatus">Another status.</param>
/// <param name="OtherUrgency">Another urgency.</param>
/// <param name="OtherSuggestions">Other suggestions.</param>
/// <param name="Failed">The shadow failed; of the ones that differ.</param>
public sealed record ShadowSummary(
    long Compared,
    long Same,
    long WouldStopBeingUrgent,
    long WouldBecomeUrgent,
    long OtherStatus,
    long OtherUrgency,
    long OtherSuggestions,
    long Failed);

/// <summary>What a disagreement means for the order in which ECGs are looked at.</summary>
public enum UrgencyEffect
{
    /// <summary>Urgent or critical now, and would no longer be.</summary>
    StopsBeingUrgent,

    /// <summary>Would become urgent or critical.</summary>
    BecomesUrgent,

    /// <summary>Neither.</summary>
    None,
}

/// <summary>One ECG that two models decide differently.</summary>
/// <param name="StudyId">The study.</param>
/// <param name="Observation">The ECG, <c>Observation/ID</c>.</param>
/// <param name="FinishedAt">When it was decided.</param>
/// <param name="ActiveSha256">The model that decided.</param>
/// <param name="ShadowSha256">The model in the shadow.</param>
/// <param name="Effect">What it means for the order of reading.</param>
/// <param name="Active">What was decided.</param>
/// <param name="Shadow">What the shadow says.</param>
public sealed record ShadowDisagreement(
    Guid StudyId,
    string Observation,
    DateTimeOffset FinishedAt,
    string ActiveSha256,
    string ShadowSha256,
    UrgencyEffect Effect,
    ComparedResult Active,
    ComparedResult Shadow);

/// <summary>A result as comparisons show it.</summary>
/// <param name="Status">Status.</param>
/// <param name="Urgency">Urgency.</param>
/// <param name="Suggestions">Label codes, in alphabetical order.</param>
public sealed record ComparedResult(StudyStatus Status, Urgency? Urgency, IReadOnlyList<string> Suggestions);
