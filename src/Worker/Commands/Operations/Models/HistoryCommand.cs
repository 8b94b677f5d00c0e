using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Commands.Operations.Models;

/// <summary><c>ecg models history</c>: who changed which role, when, why, from what to what.</summary>
internal static class HistoryCommand
{
    private const int Default = 20;
    private const int Most = 1000;

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var limit = LimitOption.Create(say, Default, Most);
        var command = new Command("history", say(
            "Show the changes of roles, newest first: who, when, why, from what to what.", "役割の変更履歴(誰が、いつ、なぜ、何から何へ)を新しい順に表示します。"))
        {
            limit,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), parsed.GetValue(limit), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, int limit, CancellationToken cancellationToken)
    {
        var changes = await LedgerAccess.UseAsync(services => services.GetRequiredService<IModelRoles>().HistoryAsync(limit, cancellationToken));
        if (terminal.Json)
        {
            foreach (var change in changes)
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(change, ContractJson.Compact));
            }

            return 0;
        }

        if (changes.Count == 0)
        {
            terminal.Output.WriteLine(terminal.Say("No role has been changed yet.", "役割の変更はまだありません。"));
            return 0;
        }

        var table = new TextTable(
            terminal.Say("When", "日時"), terminal.Say("Role", "役割"), terminal.Say("From", "変更前"), terminal.Say("To", "変更後"),
            terminal.Say("Who", "実施者"), terminal.Say("Why", "理由"));
        foreach (var change in changes)
        {
            table.Add(
                JapanTime.Of(change.At),
                ModelLine.RoleName(terminal, change.Role),
                Model(change.FromSha256),
                change.ToName is { } name ? $"{name} {Model(change.ToSha256)}" : Model(change.ToSha256),
                change.By,
                change.Why);
        }

        table.Write(terminal);
        return 0;
    }

    private static string Model(string? sha256) => sha256 is null ? "-" : ModelUnavailableException.Short(sha256);
}
