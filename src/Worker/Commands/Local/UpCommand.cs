using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary><c>ecg up</c>: starts what does not run.</summary>
internal static class UpCommand
{
    /// <summary><c>--no-docker</c>.</summary>
    public static Option<bool> NoDockerOption(Say say) => new("--no-docker")
    {
        Description = say("Use private instances even where a Docker engine answers.", "Docker が使えても専用インスタンスを使います。"),
    };

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var noDocker = NoDockerOption(say);
        var command = new Command("up", say(
            "Start PostgreSQL, RabbitMQ and the worker where they do not run, and wait until they are ready.",
            "PostgreSQL・RabbitMQ・ワーカーのうち動いていないものを起動し、準備完了まで待ちます。"))
        {
            noDocker,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = Terminal.Of(parsed);
            var up = await new LocalStack(terminal, !parsed.GetValue(noDocker)).UpAsync(cancellationToken);
            if (terminal.Json)
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(
                    new
                    {
                        up.Endpoints.Http,
                        up.Endpoints.Pids,
                        Endpoints = Places.EndpointsFile,
                        up.Running,
                        Replaced = up.Replaced is { } reason ? terminal.Say(reason.En, reason.Ja) : null,
                        up.Kept,
                    },
                    ContractJson.Compact));
            }
            else
            {
                Write(terminal, up);
            }

            foreach (var sentence in (await WorkerHealth.AskAsync(up.Endpoints.Http, cancellationToken)).Degraded)
            {
                terminal.Warn($"Degraded: {sentence}", $"縮退運転中: {sentence}");
            }

            return 0;
        });
        return command;
    }

    private static void Write(Terminal terminal, StackUp up)
    {
        if (up.Replaced is { } reason)
        {
            terminal.Output.WriteLine(terminal.Say($"The running worker was replaced: {reason.En}.", $"動作中のワーカーを再起動しました: {reason.Ja}"));
        }

        if (up.Kept.Count > 0)
        {
            var keys = string.Join(", ", up.Kept);
            terminal.Output.WriteLine(terminal.Say(
                $"Kept from the start before: {keys} (an empty value or ecg down takes it back).",
                $"前回の起動時の設定を引き継ぎました: {keys}（空の値を指定するか ecg down で解除されます）"));
        }

        if (up.Running.Count > 0)
        {
            terminal.Output.WriteLine(terminal.Say($"Running already: {string.Join(", ", up.Running)}", $"すでに動作中: {string.Join(", ", up.Running)}"));
        }

        terminal.Output.WriteLine(terminal.Say(
            $"Ready: {up.Endpoints.Http} (addresses with passwords: {Places.EndpointsFile})",
            $"準備完了: {up.Endpoints.Http}(パスワードを含む接続先: {Places.EndpointsFile})"));
        ExplainToken(terminal, up.Endpoints);
    }

    /// <summary>Says how the addresses are opened where the worker asks for a token.</summary>
    internal static void ExplainToken(Terminal terminal, Endpoints endpoints)
    {
        if (endpoints.Token is not null)
        {
            terminal.Output.WriteLine(terminal.Say(
                $"A browser asks for user and password: any user, and the token in {Places.EndpointsFile} as the password. Programs send Authorization: Bearer TOKEN.",
                $"ブラウザーでは任意のユーザー名と、パスワードとして {Places.EndpointsFile} の token を入力してください。プログラムからは Authorization: Bearer TOKEN を送ります。"));
        }
    }
}
