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
            var endpoints = await new LocalStack(terminal, !parsed.GetValue(noDocker)).UpAsync(cancellationToken);
            terminal.Output.WriteLine(terminal.Json
                ? JsonSerializer.Serialize(new { endpoints.Http, endpoints.Pids, Endpoints = Places.EndpointsFile }, ContractJson.Compact)
                : terminal.Say(
                    $"Ready: {endpoints.Http} (addresses with passwords: {Places.EndpointsFile})",
                    $"準備完了: {endpoints.Http}(パスワードを含む接続先: {Places.EndpointsFile})"));
            if (!terminal.Json)
            {
                ExplainToken(terminal, endpoints);
            }

            return 0;
        });
        return command;
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
