using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Persistence.Review;

/// <summary>The ledger as physicians look at it: studies in the order in which they are to be read.</summary>
public interface IReviewList
{
    /// <summary>
    /// Urgent studies, one entry each: critical before urgent, then those with a stat event, then the one that waits longest since
    /// its first event. An event that repeats a study moves it nowhere. Studies that are superseded or withdrawn are not
    /// among them, nor are those whose report a physician has signed.
    /// </summary>
    /// <param name="since">Only studies with an event at or after it; <see langword="null"/> for all.</param>
    /// <param name="limit">Most entries.</param>
    /// <param name="after">Where the page starts, or <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<ReviewEntry>> UrgentAsync(DateTimeOffset? since, int limit, ReviewPlace? after, CancellationToken cancellationToken);

    /// <summary>The newest events.</summary>
    Task<IReadOnlyList<ReviewEntry>> RecentAsync(int limit, CancellationToken cancellationToken);

    /// <summary>How many studies there are of each kind.</summary>
    /// <param name="since">Studies with an event at or after it count, each once, where their result holds; events without a study count by themselves.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<StudyCount>> CountAsync(DateTimeOffset since, CancellationToken cancellationToken);
}

/// <summary>An event, or the newest one of a study, as a list shows it.</summary>
/// <param name="Entry">The event with what became of it.</param>
/// <param name="WaitingSince">When the first event of its study came in; of an event without a study, its own.</param>
/// <param name="Recorded">When the ECG was recorded: the FHIR dateTime as it was sent, which may be a day or a year; <see langword="null"/> where unknown.</param>
public sealed record ReviewEntry(LedgerEntry Entry, DateTimeOffset WaitingSince, string? Recorded)
{
    /// <summary>Its place in the order of <see cref="IReviewList.UrgentAsync"/>.</summary>
    public ReviewPlace Place => new(
        Entry.Urgency == Urgency.Critical, Entry.StudyPriority == EventPriority.Stat, WaitingSince, Entry.StudyId ?? Guid.Empty);
}

/// <summary>A place in the order of urgent studies: unaffected by what arrives meanwhile.</summary>
/// <param name="IsCritical">Critical ones come first.</param>
/// <param name="IsStat">Then stat ones.</param>
/// <param name="WaitingSince">Then the one that waits longest.</param>
/// <param name="StudyId">Then by id.</param>
public sealed record ReviewPlace(bool IsCritical, bool IsStat, DateTimeOffset WaitingSince, Guid StudyId);

/// <summary>How many studies there are of one kind. Every study is in one of them.</summary>
/// <param name="Status">Their status.</param>
/// <param name="Urgency">Their urgency; <see langword="null"/> while there is no result.</param>
/// <param name="Count">How many.</param>
public sealed record StudyCount(StudyStatus Status, Urgency? Urgency, long Count);
