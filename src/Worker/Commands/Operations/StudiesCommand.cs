using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Commands.Local;
using Npgsql;

namespace EcgIntegration.Worker.Commands.Operations;

/// <summary><c>ecg studies</c>: the last events of the ledger and what became of them.</summary>
internal static class StudiesCommand
{
    private const int Default = 20;
    private const int Most = 1000;

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var limit = new Option<int>("--limit")
        {
            HelpName = "N",
            DefaultValueFactory = _ => Default,
            Description = say($"How many, at most {Most}.", $"件数(最大 {Most})。"),
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > Most)
            {
                result.AddError($"--limit must be between 1 and {Most}");
            }
        });
        var command = new Command("studies", say(
            "Show the last events of the ledger, newest first, and what became of them.", "台帳の最新イベントと結果を新しい順に表示します。"))
        {
            limit,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), parsed.GetValue(limit), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, int limit, CancellationToken cancellationToken)
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
            foreach (var entry in await services.GetRequiredService<IStudyLedger>().RecentAsync(limit, after: null, cancellationToken))
            {
                terminal.Output.WriteLine(terminal.Json ? JsonSerializer.Serialize(entry, ContractJson.Compact) : Line(entry));
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new CommandException("The database has no ledger yet: the worker, which creates it, has never run on it.", e);
        }
        catch (NpgsqlException e)
        {
            throw new CommandException("PostgreSQL cannot be used: see ecg status, or start it with ecg up.", e);
        }

        return 0;
    }

    private static string Line(LedgerEntry entry)
    {
        var urgency = entry.Urgency is { } value ? WireName.Of(value) : "";
        var finding = entry.Suggestions is [var first, ..] ? first.Ja : entry.Reasons is [var reason, ..] ? reason.Code : "";
        var received = entry.ReceivedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{received}  {entry.EventId}  {WireName.Of(entry.Status),-12}  {urgency,-8}  {finding}".TrimEnd();
    }
}
