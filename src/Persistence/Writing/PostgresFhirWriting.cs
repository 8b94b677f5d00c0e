using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Writing;

/// <inheritdoc cref="IFhirWriting"/>
internal sealed class PostgresFhirWriting(NpgsqlDataSource database, TimeProvider time) : IFhirWriting
{
    private const int MostAttempts = 5;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);

    public async Task<T> InTransactionAsync<T>(Func<IFhirTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(work, cancellationToken);
            }
            catch (PostgresException e) when (attempt < MostAttempts
                && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Those that met do not meet again.
                await Task.Delay(LongestWait * attempt * Random.Shared.NextDouble(), time, cancellationToken);
            }
        }
    }

    public async Task<IReadOnlyList<string>> ResultsAsync(Guid studyId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT results FROM study WHERE id = $1").With(studyId);
        return await command.ExecuteScalarAsync(cancellationToken) as string[] ?? [];
    }

    private async Task<T> OnceAsync<T>(Func<IFhirTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var writing = new FhirTransaction(connection, time.GetUtcNow());
        var result = await work(writing, cancellationToken);
        await writing.WriteAuditAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
