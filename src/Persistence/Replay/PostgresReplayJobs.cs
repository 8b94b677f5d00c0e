using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Replay;

/// <inheritdoc cref="IReplayJobs"/>
[SuppressMessage("Security", "CA2100", Justification = "SelectionSql adds values as parameters only; what else varies are numbers of this class.")]
internal sealed class PostgresReplayJobs(NpgsqlDataSource database, TimeProvider time) : IReplayJobs
{
    private const int LongestWhy = 500;
    private const int LongestName = 200;

    /// <summary>A selection over years of ECGs takes longer than a statement of daily work may.</summary>
    internal TimeSpan SelectionLimit { get; init; } = TimeSpan.FromMinutes(10);

    public Task<ReplayPreview> PreviewAsync(ReplaySelection selection, int first, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return InTimeAsync(() => LookAsync(selection, first, cancellationToken));
    }

    public Task<ReplaySubmission> SubmitAsync(ReplayRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return InTimeAsync(() => RecordAsync(request, cancellationToken));
    }

    private static async Task<T> InTimeAsync<T>(Func<Task<T>> select)
    {
        try
        {
            return await select();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw new ReplaySelectionSlowException("The selection takes too long.", e);
        }
    }

    private async Task<ReplayPreview> LookAsync(ReplaySelection selection, int first, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginLongAsync(connection, cancellationToken);
        var byStatus = new Dictionary<string, int>();
        await using (var count = Command(connection))
        {
            count.CommandText = $"SELECT status, count(*)::int FROM ({SelectionSql.Build(count, selection)}) x GROUP BY status ORDER BY status";
            foreach (var (status, number) in await ReplayRows.ListAsync(count, r => (r.GetString(0), r.GetInt32(1)), cancellationToken))
            {
                byStatus.Add(status, number);
            }
        }

        await using var name = Command(connection);
        name.CommandText =
            $"""
            SELECT source_event_id, observation_id, received_at, status, urgency FROM ({SelectionSql.Build(name, selection)}) x
            ORDER BY received_at, source_event_id LIMIT {LimitOf(name, first)}
            """;
        var candidates = await ReplayRows.ListAsync(
            name,
            r => new ReplayCandidate(
                r.GetGuid(0),
                r.IsDBNull(1) ? null : "Observation/" + r.GetString(1),
                r.GetFieldValue<DateTimeOffset>(2),
                LedgerRows.Name<StudyStatus>(r, 3),
                r.IsDBNull(4) ? null : LedgerRows.Name<Urgency>(r, 4)),
            cancellationToken);
        return new ReplayPreview(byStatus.Values.Sum(), byStatus, candidates, await ReplayPace.ReadAsync(connection, cancellationToken));
    }

    private async Task<ReplaySubmission> RecordAsync(ReplayRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginLongAsync(connection, cancellationToken);
        if (!await InsertJobAsync(connection, id, request, now, cancellationToken))
        {
            return new ReplaySubmission(await FindSubmittedAsync(connection, request, cancellationToken), IsNew: false);
        }

        var total = await InsertItemsAsync(connection, id, request.Selection, cancellationToken);
        await using var count = new NpgsqlCommand("UPDATE replay_job SET total = $2 WHERE id = $1", connection).With(id).With(total);
        await count.ExecuteNonQueryAsync(cancellationToken);
        var action = request.DryRun ? "replay-dry-run" : "replay";
        var resource = $"Replay/{id} {request.Selection.Describe()} why: {request.Why}";
        await PostgresAuditLog.RecordAsync(
            connection, new AuditRecord(request.RequestedBy, action, resource, request.Selection.Patient, total), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ReplaySubmission(await GetAsync(id, cancellationToken), IsNew: true);
    }

    public async Task<bool> IsSuggestedAsync(string label, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginLongAsync(connection, cancellationToken);
        await using var command = Command(connection);
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM study WHERE suggestions @> $1)";
        command.WithJson(new[] { new { code = label } });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<ReplayJob?> FindAsync(Guid jobId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{ReplayRows.SelectJob} WHERE j.id = $1").With(jobId);
        return (await ReplayRows.ListAsync(command, ReplayRows.Job, cancellationToken)).SingleOrDefault();
    }

    public async Task<ReplayJob?> FindByKeyAsync(string key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{ReplayRows.SelectJob} WHERE j.key = $1").With(key);
        return (await ReplayRows.ListAsync(command, ReplayRows.Job, cancellationToken)).SingleOrDefault();
    }

    public async Task<IReadOnlyList<ReplayJob>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"{ReplayRows.SelectJob} WHERE j.id IN (SELECT id FROM replay_job ORDER BY submitted_at DESC LIMIT $1) ORDER BY j.submitted_at DESC, j.id DESC")
            .With(limit);
        return await ReplayRows.ListAsync(command, ReplayRows.Job, cancellationToken);
    }

    public async Task<ReplayJob?> ChangeAsync(Guid jobId, ReplayState state, string who, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(state, ReplayState.Completed);
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var change = new NpgsqlCommand(
                """
                UPDATE replay_job SET state = $2, finished_at = CASE WHEN $2 = 'cancelled' THEN $3 END
                WHERE id = $1 AND state IN ('running', 'paused') AND state <> $2
                """,
                connection).With(jobId).With(WireName.Of(state)).WithTime(time.GetUtcNow());
            if (await change.ExecuteNonQueryAsync(cancellationToken) == 1)
            {
                // What lies on the queue is not begun any more; what is or may be in work is finished all the same, or its lease ends.
                await using var giveBack = new NpgsqlCommand(
                    """
                    UPDATE replay_item SET state = 'waiting', leased_until = NULL
                    WHERE job_id = $1 AND state = 'queued' AND (attempts = 0 OR leased_until <= $2)
                    """,
                    connection).With(jobId).WithTime(time.GetUtcNow());
                await giveBack.ExecuteNonQueryAsync(cancellationToken);
                await PostgresAuditLog.RecordAsync(
                    connection, new AuditRecord(who, $"replay-{WireName.Of(state)}", $"Replay/{jobId}", Patient: null, 0), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }

        return await FindAsync(jobId, cancellationToken);
    }

    public async Task<IReadOnlyList<ReplayLine>> LinesAsync(
        Guid jobId, bool notableOnly, int limit, ReplayPlace? after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {ReplayRows.SelectLine}
            WHERE i.job_id = $1 AND (NOT $2 OR coalesce(i.result, 'unchanged') <> 'unchanged')
              AND (place.of_group, place.of_rank, i.ordinal) > ($4, $5, $6)
            ORDER BY place.of_group, place.of_rank, i.ordinal
            LIMIT $3
            """).With(jobId).With(notableOnly).With(limit).With(after?.Group ?? -1).With(after?.Rank ?? 0).With(after?.Ordinal ?? 0);
        return await ReplayRows.ListAsync(command, ReplayRows.Line, cancellationToken);
    }

    private async Task<NpgsqlTransaction> BeginLongAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var patience = Command(connection);
        patience.CommandText = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SET LOCAL statement_timeout = {SelectionLimit.TotalMilliseconds:F0}");
        await patience.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    /// <summary>The server's limit comes first: it says what happened.</summary>
    private NpgsqlCommand Command(NpgsqlConnection connection) =>
        new() { Connection = connection, CommandTimeout = (int)SelectionLimit.TotalSeconds + 30 };

    private static string LimitOf(NpgsqlCommand command, int limit) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${command.With(limit).Parameters.Count}");

    private async Task<bool> InsertJobAsync(
        NpgsqlConnection connection, Guid id, ReplayRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Command(connection);
        command.CommandText =
            """
            INSERT INTO replay_job (id, key, selection, requested_model, dry_run, why, requested_by, per_minute, state, total, submitted_at, asked)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', 0, $9, $10)
            ON CONFLICT (key) DO NOTHING
            """;
        command.With(id).With(request.Key).WithJson(request.Selection).WithText(request.Model).With(request.DryRun)
            .With(Storable.Text(request.Why, LongestWhy)).With(Storable.Text(request.RequestedBy, LongestName)).With(request.PerMinute)
            .WithTime(now).WithJson(Asked(request));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>The events of a replay are numbered by job and place, so that whoever comes to record one finds it recorded.</summary>
    private async Task<int> InsertItemsAsync(
        NpgsqlConnection connection, Guid id, ReplaySelection selection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection);
        command.With(id);
        command.CommandText =
            $"""
            INSERT INTO replay_item (job_id, ordinal, event_id, source_event_id, observation_id, state, attempts, written)
            SELECT $1, n, encode(substr(sha256(convert_to($1::text || '/' || n, 'UTF8')), 1, 16), 'hex')::uuid, source_event_id, observation_id,
                   'waiting', 0, false
            FROM (
              SELECT row_number() OVER (ORDER BY received_at, source_event_id)::int AS n, source_event_id, observation_id
              FROM ({SelectionSql.Build(command, selection)}) x) numbered
            """;
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<ReplayJob> FindSubmittedAsync(NpgsqlConnection connection, ReplayRequest request, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT id, selection::text, requested_model, dry_run, why, requested_by, per_minute, coalesce(asked, '{}')::text
            FROM replay_job WHERE key = $1
            """,
            connection).With(request.Key);
        var (id, before) = (await ReplayRows.ListAsync(command, r => (r.GetGuid(0), Submitted(request.Key, r)), cancellationToken)).Single();
        var differences = Differences(Stored(request), before);
        return differences.Count == 0 ? await GetAsync(id, cancellationToken) : throw new ReplayKeyReusedException(id, differences);
    }

    private static ReplayRequest Submitted(string key, NpgsqlDataReader reader) => new(
        key,
        JsonSerializer.Deserialize<ReplaySelection>(reader.GetString(1), ContractJson.Compact) ?? new(),
        reader.IsDBNull(2) ? null : reader.GetString(2),
        reader.GetBoolean(3),
        reader.GetString(4),
        reader.GetString(5),
        reader.IsDBNull(6) ? null : reader.GetInt32(6))
    {
        Typed = JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(7), ContractJson.Compact) ?? [],
    };

    /// <summary>Names of what differs both as it was typed and in what it came to.</summary>
    private static List<string> Differences(ReplayRequest one, ReplayRequest other)
    {
        var (asked, resolved) = (one.Asked(), one.Resolved());
        var (askedBefore, resolvedBefore) = (other.Asked(), other.Resolved());
        return
        [
            .. asked.Keys.Union(askedBefore.Keys)
                .Where(name => asked.GetValueOrDefault(name) != askedBefore.GetValueOrDefault(name)
                    && resolved.GetValueOrDefault(name) != resolvedBefore.GetValueOrDefault(name))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>As the store keeps it.</summary>
    private static ReplayRequest Stored(ReplayRequest request) => request with { Why = Storable.Text(request.Why, LongestWhy) };

    private static Dictionary<string, string> Asked(ReplayRequest request) =>
        Stored(request).Asked().ToDictionary(asked => asked.Key, asked => Storable.Text(asked.Value, LongestWhy));

    private async Task<ReplayJob> GetAsync(Guid id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) ?? throw new KeyNotFoundException("There is no such replay.");
}
