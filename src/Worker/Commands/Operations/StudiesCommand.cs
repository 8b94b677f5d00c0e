using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Worker.Commands.Operations;

/// <summary><c>ecg studies</c>: the last events of the ledger and what became of them.</summary>
internal static class StudiesCommand
{
    private const int Default = 20;
    private const int Most = 1000;

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var limit = LimitOption.Create(say, Default, Most);
        var command = new Command("studies", say(
            "Show the last events of the ledger, newest first, and what became of them.", "台帳の最新イベントと結果を新しい順に表示します。"))
        {
            limit,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), parsed.GetValue(limit), cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Terminal terminal, int limit, CancellationToken cancellationToken) =>
        LedgerAccess.UseAsync(async services =>
        {
            foreach (var entry in await services.GetRequiredService<IStudyLedger>().RecentAsync(limit, after: null, cancellationToken))
            {
                terminal.Output.WriteLine(terminal.Json ? JsonSerializer.Serialize(entry, ContractJson.Compact) : Line(entry));
            }

            return 0;
        });

    private static string Line(LedgerEntry entry)
    {
        var urgency = entry.Urgency is { } value ? WireName.Of(value) : "";
        var finding = entry.Suggestions is [var first, ..] ? first.Ja : entry.Reasons is [var reason, ..] ? reason.Code : "";
        return $"{JapanTime.Of(entry.ReceivedAt)}  {entry.EventId}  {WireName.Of(entry.Status),-12}  {urgency,-8}  {finding}".TrimEnd();
    }
}
