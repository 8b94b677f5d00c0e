using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Commands.Operations.Models;

/// <summary><c>ecg models activate</c> and <c>ecg models shadow</c>: gives a role to a model. Workers follow by themselves.</summary>
internal static class AssignCommand
{
    private const string Off = "off";

    /// <summary>Creates <c>activate</c>.</summary>
    public static Command Activate(Say say) => Create(
        say,
        ModelRole.Active,
        "activate",
        say(
            "Make a model the one for new ECGs. Workers load it first and follow within seconds, without a restart; ECGs under way keep theirs.",
            "新しい心電図を解析するモデルを切り替えます。ワーカーは再起動せず、読み込みを終えてから数秒以内に切り替わります。解析中の心電図は元のモデルのまま処理します。"),
        say("Name, or the beginning of the SHA-256.", "名称、またはSHA-256の先頭。"));

    /// <summary>Creates <c>shadow</c>.</summary>
    public static Command Shadow(Say say) => Create(
        say,
        ModelRole.Shadow,
        "shadow",
        say(
            "Let a model read what the active one has read from now on. What it says is kept for ecg models compare and goes nowhere else.",
            "以後、稼働中のモデルが解析した心電図を別のモデルにも解析させます。結果は ecg models compare 用に保存するだけで、ほかには出力しません。"),
        say($"Name, or the beginning of the SHA-256; {Off} ends it.", $"名称、またはSHA-256の先頭。{Off} で終了します。"));

    private static Command Create(Say say, ModelRole role, string name, string description, string which)
    {
        var model = new Argument<string>("MODEL") { HelpName = role is ModelRole.Shadow ? $"SHA|NAME|{Off}" : "SHA|NAME", Description = which };
        var why = WhyOption.Create(say);
        var command = new Command(name, description) { model, why };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Terminal.Of(parsed), role, parsed.GetRequiredValue(model), parsed.GetRequiredValue(why), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ModelRole role, string model, string why, CancellationToken cancellationToken)
    {
        var bundle = role is ModelRole.Shadow && model == Off ? null : ModelBundles.Choose(model);
        var request = new ModelRoleRequest(role, bundle?.ModelSha256, bundle?.Card.Name, LedgerAccess.Operator, why);
        var (change, other) = await LedgerAccess.UseAsync(async services =>
        {
            var roles = await services.GetRequiredService<IModelRoles>().CurrentAsync(cancellationToken);
            // Before the change: what is changed has been recorded.
            await services.GetRequiredService<IAuditLog>().RecordAsync(
                new AuditRecord(request.By, role is ModelRole.Active ? "activate" : "shadow", $"Model/{request.Sha256 ?? Off}", Patient: null, Results: 1),
                cancellationToken);
            var assigned = await services.GetRequiredService<IModelRoles>().AssignAsync(request, cancellationToken);
            return (assigned, role is ModelRole.Active ? roles.Shadow.Sha256 : roles.Active.Sha256 ?? DefaultSha256());
        });
        if (request.Sha256 is { } given && given == other)
        {
            terminal.Warn(
                "This model is the active one and in the shadow at once: the shadow has nothing to read or to compare, until one of the two is another.",
                "同じモデルが稼働とシャドーの両方に指定されています。どちらかを変更するまで、シャドーの解析と比較は行われません。");
        }

        if (terminal.Json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(
                new { Role = role, Sha256 = request.Sha256, Name = request.Name, Changed = change is not null, From = change?.FromSha256, change?.At }, ContractJson.Compact));
        }
        else
        {
            terminal.Output.WriteLine(Sentence(terminal, request, change));
        }

        return 0;
    }

    /// <summary>What is active while no model is named.</summary>
    private static string? DefaultSha256() => ModelBundles.Catalogue().List()[0].Bundle?.ModelSha256;

    private static string Sentence(Terminal terminal, ModelRoleRequest request, ModelRoleChange? change)
    {
        var shown = request.Sha256 is { } sha256 ? $"{request.Name} ({ModelUnavailableException.Short(sha256)})" : terminal.Say("no model", "なし");
        return (request.Role, change) switch
        {
            (ModelRole.Active, null) => terminal.Say($"{shown} is the active model already.", $"{shown} はすでに稼働モデルです。"),
            (ModelRole.Shadow, null) => terminal.Say($"The shadow is {shown} already.", $"シャドーはすでに {shown} です。"),
            (ModelRole.Active, _) => terminal.Say(
                $"{shown} is the active model from now on; workers follow within seconds, /health/ready shows which one runs.",
                $"{shown} を稼働モデルにしました。ワーカーは数秒以内に切り替わります。動作中のモデルは /health/ready で確認できます。"),
            _ => terminal.Say($"The shadow is {shown} from now on.", $"シャドーを {shown} にしました。"),
        };
    }
}
