using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Commands.Local;
using Npgsql;

namespace EcgIntegration.Worker.Commands.Operations;

/// <summary>The ledger's database for verbs, with its faults as sentences.</summary>
internal static class LedgerAccess
{
    /// <summary>Who acts, for the audit: the account of the shell.</summary>
    public static string Operator => $"{Environment.UserName}@shell";

    /// <summary>Does something with the database's services.</summary>
    /// <exception cref="CommandException">Nothing is configured and nothing was brought up, or the database cannot be used.</exception>
    public static async Task<T> UseAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"{DatabaseOptions.Section}:ConnectionString", Connections.Postgres())])
            .Build();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddEcgPersistence(configuration)
            .BuildServiceProvider();
        try
        {
            return await work(services);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new CommandException(
                "The database has no ledger yet: the worker, which creates it, has never run on it.",
                "データベースに台帳がまだありません。台帳を作成するワーカーを一度起動してください。",
                e);
        }
        catch (NpgsqlException e)
        {
            throw new CommandException(
                "PostgreSQL cannot be used: see ecg status, or start it with ecg up.",
                "PostgreSQLを使用できません。ecg status で確認するか、ecg up で起動してください。",
                e);
        }
    }

    /// <summary>Notes in the audit what an operator is about to do with an event.</summary>
    public static Task RecordAsync(IServiceProvider services, string action, Guid eventId, CancellationToken cancellationToken) =>
        services.GetRequiredService<IAuditLog>()
            .RecordAsync(new AuditRecord(Operator, action, $"Event/{eventId}", Patient: null, Results: 1), cancellationToken);
}
