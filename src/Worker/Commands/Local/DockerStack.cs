using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EcgIntegration.LocalServers;
using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>The same parts as containers, from <c>docker/compose.yml</c>.</summary>
internal static class DockerStack
{
    private const int ProjectDigits = 10;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private static string ComposeFile => Path.Combine(Places.Home, "docker", "compose.yml");

    private static string CudaFile => Path.Combine(Places.Home, "docker", "compose.cuda.yml");

    // Passwords and ports reach compose in a file: command lines and environments are read by more people.
    private static string VariablesFile => Path.Combine(Places.Run, "docker.env");

    /// <summary>Brings the containers up.</summary>
    /// <returns><see langword="null"/> where no engine answers, or it cannot do it: private instances are then used.</returns>
    public static async Task<Endpoints?> UpAsync(Terminal terminal, LocalSettings settings, CancellationToken cancellationToken)
    {
        if (!File.Exists(ComposeFile) || !await IsUsableAsync(cancellationToken))
        {
            return null;
        }

        terminal.Progress("Starting containers; the first time images are fetched and built …", "コンテナーを起動しています(初回はイメージの取得と構築があります)…");
        var variables = ReadVariables() ?? NewVariables(settings);
        OwnedFile.Write(VariablesFile, string.Concat(variables.Select(entry => $"{entry.Key}={entry.Value}\n")));
        if (await ComposeAsync(["up", "--detach", "--build", "--wait"], cancellationToken) is null)
        {
            terminal.Warn(
                $"Docker could not start them ({Places.DockerLog} says why): using private instances instead.",
                $"Docker では起動できませんでした(詳細は {Places.DockerLog})。専用インスタンスを使います。");
            await DownAsync(terminal, cancellationToken);
            return null;
        }

        return new(
            new Uri($"http://127.0.0.1:{variables["HTTP_PORT"]}"),
            $"amqp://ecg:{variables["RABBITMQ_PASSWORD"]}@127.0.0.1:{variables["AMQP_PORT"]}/ecg",
            $"postgresql://ecg:{variables["POSTGRES_PASSWORD"]}@127.0.0.1:{variables["POSTGRES_PORT"]}/ecg",
            variables["TOKEN"],
            new(
                await ProcessIdAsync("worker", cancellationToken),
                await ProcessIdAsync("rabbitmq", cancellationToken),
                await ProcessIdAsync("postgres", cancellationToken)));
    }

    /// <summary>Ends the containers; their volumes stay.</summary>
    /// <returns>False where none were started from here.</returns>
    public static async Task<bool> DownAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (!File.Exists(VariablesFile) || !await IsUsableAsync(cancellationToken) || await ComposeAsync(["ps", "--quiet", "--all"], cancellationToken) is null or "")
        {
            return false;
        }

        if (await ComposeAsync(["down"], cancellationToken) is null)
        {
            terminal.Warn($"Docker could not end the containers: {Places.DockerLog} says why.", $"コンテナーを停止できませんでした。詳細は {Places.DockerLog} にあります。");
        }

        return true;
    }

    /// <summary>How the containers are, or <see langword="null"/> where none run.</summary>
    public static async Task<IReadOnlyList<PartStatus>?> StatusAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(VariablesFile) || !await IsUsableAsync(cancellationToken)
            || await ComposeAsync(["ps", "--format", "json"], cancellationToken) is not { Length: > 0 } lines)
        {
            return null;
        }

        return ComposeStatus.Read(lines);
    }

    /// <summary>
    /// Name of the Compose project of a run folder. A name of its own each, so that no checkout ends the containers of another
    /// or finds its volumes, whose passwords it does not know.
    /// </summary>
    internal static string ProjectOf(string run) =>
        $"ecg-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run)))[..ProjectDigits]}";

    /// <summary>The Compose files for an accelerator.</summary>
    internal static IEnumerable<string> ComposeFiles(string? accelerator) =>
        accelerator == "cuda" ? [ComposeFile, CudaFile] : [ComposeFile];

    private static async Task<bool> IsUsableAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            return await DockerAsync(["info"], log: false, limit.Token) is not null
                && await DockerAsync(["compose", "version"], log: false, limit.Token) is not null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static Dictionary<string, string> NewVariables(LocalSettings settings)
    {
        var ports = FreePort.Take(3).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        return new()
        {
            // For whoever calls docker compose by hand with this file.
            ["COMPOSE_PROJECT_NAME"] = ProjectOf(Places.Run),
            ["HTTP_PORT"] = FreePort.IsFree(8080) ? "8080" : ports[0],
            ["AMQP_PORT"] = ports[1],
            ["POSTGRES_PORT"] = ports[2],
            ["SEQ_PORT"] = FreePort.Take(1)[0].ToString(CultureInfo.InvariantCulture),
            ["POSTGRES_PASSWORD"] = Password.New(),
            ["RABBITMQ_PASSWORD"] = Password.New(),

            // In its container the worker listens on every address, so it wants a token.
            ["TOKEN"] = settings.Token ?? Password.New(),
        };
    }

    private static Dictionary<string, string>? ReadVariables() => File.Exists(VariablesFile)
        ? File.ReadLines(VariablesFile).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1])
        : null;

    private static async Task<int?> ProcessIdAsync(string service, CancellationToken cancellationToken)
    {
        var container = (await ComposeAsync(["ps", "--quiet", service], cancellationToken))?.Trim();
        var text = string.IsNullOrEmpty(container)
            ? null
            : await DockerAsync(["inspect", "--format", "{{.State.Pid}}", container], log: true, cancellationToken);
        return int.TryParse(text, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    private static Task<string?> ComposeAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) => DockerAsync(
        [
            "compose", "--project-name", ProjectOf(Places.Run), "--env-file", VariablesFile,
            .. ComposeFiles(Environment.GetEnvironmentVariable("ACCELERATOR")).SelectMany(file => new[] { "--file", file }),
            .. arguments,
        ],
        log: true,
        cancellationToken);

    private static async Task<string?> DockerAsync(IEnumerable<string> arguments, bool log, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        using (process)
        {
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
                var error = process.StandardError.ReadToEndAsync(cancellationToken);
                await process.WaitForExitAsync(cancellationToken);
                if (log)
                {
                    await File.AppendAllTextAsync(Places.DockerLog, await error, cancellationToken);
                }

                return process.ExitCode == 0 ? await output : null;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }
}
