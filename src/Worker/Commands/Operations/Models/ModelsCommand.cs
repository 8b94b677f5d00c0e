using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Commands.Operations.Models;

/// <summary><c>ecg models</c>: the bundles on this machine with their roles, and below it what changes and compares them.</summary>
internal static class ModelsCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var command = new Command("models", say(
            "List the model bundles on this machine and their roles; activate one, try one in the shadow, compare.",
            "このマシンのモデルバンドルと役割を一覧表示します。切り替え、シャドー運用、比較もここで行います。"))
        {
            AssignCommand.Activate(say),
            AssignCommand.Shadow(say),
            CompareCommand.Create(say),
            HistoryCommand.Create(say),
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        var bundles = ModelBundles.Catalogue().List();
        var roles = await RolesAsync(terminal, cancellationToken);
        List<ModelLine> lines = [.. bundles.Select(bundle => ModelLine.Of(bundle, RolesOf(bundle, bundles[0], roles)))];
        lines.AddRange(Missing(bundles, roles));
        if (terminal.Json)
        {
            lines.ForEach(line => terminal.Output.WriteLine(JsonSerializer.Serialize(line, ContractJson.Compact)));
        }
        else
        {
            ModelLine.WriteTable(terminal, lines);
        }

        return 0;
    }

    /// <summary>The bundles can be listed without a database; then nothing is known of their roles.</summary>
    private static async Task<ModelRoles?> RolesAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return await LedgerAccess.UseAsync(services => services.GetRequiredService<IModelRoles>().CurrentAsync(cancellationToken));
        }
        catch (CommandException e)
        {
            terminal.Warn($"Roles are unknown. {e.Message}", $"役割は不明です。{e.In(japanese: true)}");
            return null;
        }
    }

    private static IReadOnlyList<ModelRole> RolesOf(CataloguedBundle bundle, CataloguedBundle byDefault, ModelRoles? roles)
    {
        if (roles is null || bundle.Bundle is null)
        {
            return [];
        }

        var sha256 = bundle.Bundle.ModelSha256;
        var active = roles.Active.Sha256 is { } named ? named == sha256 : bundle == byDefault;
        return [.. active ? [ModelRole.Active] : Array.Empty<ModelRole>(), .. roles.Shadow.Sha256 == sha256 ? [ModelRole.Shadow] : Array.Empty<ModelRole>()];
    }

    /// <summary>Models that have a role but no usable bundle here.</summary>
    private static IEnumerable<ModelLine> Missing(IReadOnlyList<CataloguedBundle> bundles, ModelRoles? roles)
    {
        (ModelRole Role, ModelAssignment? Assignment)[] assigned = [(ModelRole.Active, roles?.Active), (ModelRole.Shadow, roles?.Shadow)];
        return assigned
            .Where(entry => entry.Assignment?.Sha256 is { } sha256 && bundles.All(bundle => bundle.Bundle?.ModelSha256 != sha256))
            .GroupBy(entry => entry.Assignment!.Sha256!)
            .Select(group => ModelLine.Missing(group.Key, group.First().Assignment!.Name, [.. group.Select(entry => entry.Role)]));
    }
}
