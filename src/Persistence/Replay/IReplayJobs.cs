namespace EcgIntegration.Persistence.Replay;

/// <summary>Replays, for those who ask for them and watch them. Faults of the database surface as they are.</summary>
public interface IReplayJobs
{
    /// <summary>Counts what a selection holds, and writes nothing.</summary>
    /// <param name="selection">Which ECGs.</param>
    /// <param name="first">How many to name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ReplaySelectionSlowException">It takes too long.</exception>
    Task<ReplayPreview> PreviewAsync(ReplaySelection selection, int first, CancellationToken cancellationToken);

    /// <summary>
    /// Records a replay with all its ECGs as they are selected now, and its audit record, in one transaction. The same key
    /// again returns the replay that exists.
    /// </summary>
    /// <exception cref="ReplaySelectionSlowException">The selection takes too long: nothing was recorded.</exception>
    /// <exception cref="ReplayKeyReusedException">The key belongs to a replay that asks for something else.</exception>
    Task<ReplaySubmission> SubmitAsync(ReplayRequest request, CancellationToken cancellationToken);

    /// <summary>True where a stored result suggests a label.</summary>
    Task<bool> IsSuggestedAsync(string label, CancellationToken cancellationToken);

    /// <summary>One replay, or <see langword="null"/>.</summary>
    Task<ReplayJob?> FindAsync(Guid jobId, CancellationToken cancellationToken);

    /// <summary>The replay submitted under a key, or <see langword="null"/>.</summary>
    Task<ReplayJob?> FindByKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>Replays, newest first.</summary>
    Task<IReadOnlyList<ReplayJob>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Pauses, resumes or cancels a replay. What is in work at that moment is finished. Does nothing where it stands so
    /// already.
    /// </summary>
    /// <param name="jobId">The replay.</param>
    /// <param name="state">Anything but <see cref="ReplayState.Completed"/>.</param>
    /// <param name="who">Who wants it, for the audit.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The replay as it stands now: a finished one stays as it is; <see langword="null"/> where there is none.</returns>
    Task<ReplayJob?> ChangeAsync(Guid jobId, ReplayState state, string who, CancellationToken cancellationToken);

    /// <summary>
    /// The ECGs of a replay: those that became urgent first, then those that ceased to be, other changes, failures, what
    /// cannot be replayed, and the rest.
    /// </summary>
    /// <param name="jobId">The replay.</param>
    /// <param name="notableOnly">True to leave out unchanged ECGs and those without a result.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="after">The last one seen; <see langword="null"/> to begin.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<ReplayLine>> LinesAsync(
        Guid jobId, bool notableOnly, int limit, ReplayPlace? after, CancellationToken cancellationToken);
}
