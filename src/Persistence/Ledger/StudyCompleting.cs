using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Subscriptions;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// The transaction that makes a study final with its result, on an open connection without a transaction. Locks are taken in
/// the order ECG, study, current study, resource, subscription, event.
/// </summary>
/// <param name="connection">An open connection.</param>
/// <param name="completion">The result.</param>
/// <param name="resources">The result's resources, prepared, in the order of <paramref name="completion"/>.</param>
/// <param name="now">The time of what is written.</param>
internal sealed class StudyCompleting(
    NpgsqlConnection connection, StudyCompletion completion, IReadOnlyList<PreparedResource> resources, DateTimeOffset now)
{
    /// <summary>Runs it.</summary>
    /// <param name="eventId">One of the study's events.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ResultChangedException">What the result was composed for or against has changed.</exception>
    public async Task RunAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ecg = await EcgLock.OfEventAsync(connection, eventId, cancellationToken);
        var study = await StudyLock.OfEventAsync(connection, eventId, cancellationToken);
        if (ecg is null || study is null)
        {
            throw new KeyNotFoundException("There is no such event with a study.");
        }

        var isWithdrawn = ecg.Withdraws(study.ObservationVersion);
        if (study.Status == StudyStatus.Received)
        {
            await FinishAsync(study, isWithdrawn, cancellationToken);
        }
        else if (!await RaiseAsync(study, isWithdrawn, eventId, cancellationToken))
        {
            return;
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task FinishAsync(LockedStudy study, bool isWithdrawn, CancellationToken cancellationToken)
    {
        if (study.Priority > completion.Priority)
        {
            throw new ResultChangedException();
        }

        if (isWithdrawn)
        {
            await RejectWithdrawnAsync(study.Id, cancellationToken);
            await CloseEventsAsync(study.Id, StudyStatus.Rejected, cancellationToken);
            return;
        }

        var current = await CurrentResults.LockAsync(connection, study.ObservationId, completion.Replaces, cancellationToken);
        if (current?.IsNewerThan(study) == true)
        {
            // The ECG has a newer result already: this one is final, and shows where to read on.
            await WriteStudyAsync(study.Id, await ReportOfAsync(current.Id, cancellationToken), results: [], cancellationToken);
            await CurrentResults.MarkOutdatedAsync(connection, study.Id, current.Id, now, cancellationToken);
        }
        else if (current?.Priority > completion.Priority)
        {
            // The ECG is wanted at once: the next result must not be less urgent for having been asked for by somebody else.
            throw new ResultChangedException();
        }
        else
        {
            await CurrentResults.StoreAsync(connection, completion.Resources, resources, now, cancellationToken);
            await WriteStudyAsync(study.Id, completion.ReportId, Results(), cancellationToken);
            await CurrentResults.ReplaceAsync(connection, current, study.Id, now, cancellationToken);
            await CurrentResults.SupersedeFailedAsync(connection, study, now, cancellationToken);
            await NotifyAsync(current, cancellationToken);
        }

        await CloseEventsAsync(study.Id, completion.Status, cancellationToken);
    }

    /// <summary>
    /// A stat event has joined a study that is final, or one whose result is superseded by this one: urgency and resources
    /// follow, the outcome stands. A result that was taken back stays so.
    /// </summary>
    /// <returns>False where there is nothing to do.</returns>
    private async Task<bool> RaiseAsync(LockedStudy study, bool isWithdrawn, Guid eventId, CancellationToken cancellationToken)
    {
        await using var open = new NpgsqlCommand("SELECT 1 FROM intake_event WHERE event_id = $1 AND status = 'received'", connection).With(eventId);
        var isOpen = await open.ExecuteScalarAsync(cancellationToken) is not null;
        if (isWithdrawn)
        {
            await CloseEventsAsync(study.Id, StudyStatus.Rejected, cancellationToken, StorageReasons.ObservationWithdrawn.At(null));
            return isOpen;
        }

        var raises = study.Priority < completion.Priority && study.Status == completion.Status;
        if (raises)
        {
            var current = await CurrentResults.FindAsync(connection, study.ObservationId, forUpdate: true, cancellationToken);
            if (current?.Id == study.Id)
            {
                await CurrentResults.LockAsync(connection, study.ObservationId, completion.Replaces, cancellationToken);
                await CurrentResults.StoreAsync(connection, completion.Resources, resources, now, cancellationToken);
                await NotifyAsync(current, cancellationToken);
            }

            await using var raise = new NpgsqlCommand("UPDATE study SET priority = $2, urgency = $3 WHERE id = $1", connection)
                .With(study.Id).With(WireName.Of(completion.Priority)).WithText(UrgencyName);
            await raise.ExecuteNonQueryAsync(cancellationToken);
        }

        await CloseEventsAsync(study.Id, study.Status, cancellationToken);
        return isOpen || raises;
    }

    /// <summary>Tells subscribers of a report that is urgent, unless the one before it was so too: a replay is no alarm.</summary>
    private async Task NotifyAsync(CurrentStudy? before, CancellationToken cancellationToken)
    {
        if (completion is { Urgency: >= Urgency.Urgent, ReportId: { } report } && !(before?.Urgency >= completion.Urgency))
        {
            await SubscriptionNotices.AddAsync(connection, report, now, cancellationToken);
        }
    }

    private string? UrgencyName => completion.Urgency is { } urgency ? WireName.Of(urgency) : null;

    private string[] Results() =>
    [
        .. completion.Resources.Where(resource => !resource.KeepExisting).Select(resource => $"{resource.Type}/{resource.Id}"),
        .. completion.Carried,
    ];

    private async Task WriteStudyAsync(Guid studyId, string? reportId, string[] results, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE study SET status = $2, urgency = $3, reasons = $4, suggestions = $5, report_id = $6, execution = $7, finished_at = $8,
                             lineage = $9, results = $10, priority = $11
            WHERE id = $1
            """,
            connection)
            .With(studyId).With(WireName.Of(completion.Status)).WithText(UrgencyName)
            .WithJson(completion.Reasons).WithJson(completion.Suggestions)
            .WithText(reportId).WithJson(completion.Execution).WithTime(now)
            .WithText(completion.Lineage).With(results).With(WireName.Of(completion.Priority));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The ECG was entered in error while it was analysed: nothing of the result is kept.</summary>
    private async Task RejectWithdrawnAsync(Guid studyId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE study SET status = 'rejected', reasons = $2, finished_at = $3, withdrawn_at = $3 WHERE id = $1", connection)
            .With(studyId).WithJson<Reason[]>([StorageReasons.ObservationWithdrawn.At(null)]).WithTime(now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CloseEventsAsync(Guid studyId, StudyStatus status, CancellationToken cancellationToken, Reason? reason = null)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE intake_event SET status = $2, reasons = $4, next_attempt_at = NULL, finished_at = $3
            WHERE study_id = $1 AND status = 'received'
            """,
            connection).With(studyId).With(WireName.Of(status)).WithTime(now).WithJson<Reason[]>(reason is null ? null : [reason]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<string?> ReportOfAsync(Guid studyId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT report_id FROM study WHERE id = $1", connection).With(studyId);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
