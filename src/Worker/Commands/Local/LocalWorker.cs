using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.LocalServers;
using EcgIntegration.LocalServers.Processes;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>The worker as a process that outlives the command which started it.</summary>
internal sealed class LocalWorker
{
    private const int DefaultPort = 8080;
    private const int StartAttempts = 3;
    private const long LogLimit = 16 << 20;
    private const string Mark = "ECG_WORKER_OF";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(45);

    private static string StateFile => Path.Combine(Places.Run, "worker.json");

    /// <summary>The running worker, or <see langword="null"/>.</summary>
    public static State? FindRunning() => Read() is { Process.IsAlive: true } state ? state : null;

    /// <summary>
    /// What the worker here was last started with, until it is ended by <c>ecg down</c>: also of one that was killed, which is to
    /// be started again as it was.
    /// </summary>
    public static IReadOnlyDictionary<string, string>? Remembered() => Read()?.Launched?.Settings;

    /// <summary>Forgets it; the port is kept.</summary>
    public static void Forget()
    {
        if (Read() is { } state)
        {
            (state with { Launched = null }).Write();
        }
    }

    /// <summary>
    /// Makes sure that a worker of this build runs with these settings. One of another build or with other settings is
    /// replaced.
    /// </summary>
    /// <param name="settings">Configuration beside the servers.</param>
    /// <param name="servers">Environment that names the servers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">A setting cannot work, which leaves a running worker alone; or it does not become ready.</exception>
    public static async Task<Start> StartAsync(
        LocalSettings settings, IReadOnlyDictionary<string, string> servers, CancellationToken cancellationToken)
    {
        var wanted = new Launched(typeof(LocalWorker).Module.ModuleVersionId.ToString("N"), settings.Given, servers);
        (string, string)? replaced = null;
        if (FindRunning() is { } running)
        {
            replaced = running.Launched is null ? ("it is of another build", "ビルドが異なるため") : WorkerChange.Between(running.Launched, wanted);
            if (replaced is null)
            {
                if (await WaitUntilReadyAsync(running, cancellationToken))
                {
                    return new(running, WasRunning: true, null);
                }

                replaced = ("it did not become ready", "準備完了にならないため");
            }
        }

        await CheckAsync(settings, servers);
        var before = Read()?.Launched;
        await StopAsync(cancellationToken);
        RotateLog();
        for (var attempt = 1; ; attempt++)
        {
            var urls = settings.Urls ?? $"http://127.0.0.1:{ChoosePort(attempt)}";
            var log = WorkerLogPart.FromHere();
            var state = new State(Launch(urls, settings, servers), Address(urls), wanted);
            state.Write();
            if (await WaitUntilReadyAsync(state, cancellationToken))
            {
                return new(state, WasRunning: false, replaced);
            }

            // It ends at once where another program took the port in between.
            var ended = !state.Process.IsAlive;
            var health = ended ? null : await WorkerHealth.AskAsync(state.Address, cancellationToken);
            await StopAsync(cancellationToken);

            // What does not work is not what the next start is to go by.
            (state with { Launched = before }).Write();
            if (!ended || settings.Urls is not null || FreePort.IsFree(state.Address.Port) || attempt == StartAttempts)
            {
                if (health is null)
                {
                    var last = log.LastSentence();
                    throw new CommandException(
                        $"The worker ended at its start: {last} ({Places.WorkerLog})", $"ワーカーが起動直後に終了しました: {last} ({Places.WorkerLog})");
                }

                var (en, ja) = health.Explain(ServerAddress(servers, LocalSettings.PostgresVariable), servers[LocalSettings.RabbitMqVariable]);
                throw new CommandException(
                    $"The worker does not become ready: {en} ({Places.WorkerLog}).", $"ワーカーの準備が完了しません: {ja} ({Places.WorkerLog})。");
            }
        }
    }

    /// <summary>Refuses what the worker would refuse, before one that runs is ended for its sake.</summary>
    private static async Task CheckAsync(LocalSettings settings, IReadOnlyDictionary<string, string> servers)
    {
        var all = settings.Given.ToDictionary(entry => entry.Key, string? (entry) => entry.Value);
        foreach (var (name, value) in servers)
        {
            all[name[EnvironmentSettings.Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = value;
        }

        try
        {
            await WorkerHost.CheckAsync(all);
        }
        catch (Exception e) when (StartFault.Explain(e) is { } sentence)
        {
            throw new CommandException(sentence, e);
        }
    }

    private static string ServerAddress(IReadOnlyDictionary<string, string> servers, string variable) => LocalSettings.AsUri(servers[variable]);

    /// <summary>Ends the worker, gracefully if it can.</summary>
    /// <returns>False where none was running.</returns>
    public static async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        // Normally the one on record; the environment tells of one whose starter was killed before it kept the record.
        var processes = ProcessScan.WithEnvironment($"{Mark}={Places.Run}");
        await Task.WhenAll(processes.Select(process => process.EndAsync(ProcessSignal.Terminate, StopPatience, cancellationToken)));
        return processes.Count > 0;
    }

    private static State? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<State>(File.ReadAllText(StateFile), ContractJson.Compact);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private static ProcessIdentity Launch(string urls, LocalSettings settings, IReadOnlyDictionary<string, string> servers)
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var (key, value) in settings.Given)
        {
            environment[LocalSettings.Variable(key)] = value;
        }

        foreach (var (name, value) in servers)
        {
            environment[name] = value;
        }

        environment[LocalSettings.UrlsVariable] = urls;
        environment[Mark] = Places.Run;
        var host = Environment.ProcessPath ?? throw new CommandException(
            "The path of the dotnet program is unknown: start ecg from a file.", "dotnet の実行ファイルの場所が不明です。ecg をファイルから起動してください。");
        var program = Path.Combine(AppContext.BaseDirectory, "EcgIntegration.Worker.dll");

        // Started by its own launcher (EcgIntegration.Worker) the host is the program itself.
        string[] command = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, program, "serve"] : [host, "serve"];
        return DetachedProcess.Start(command, environment, Places.Home, Places.WorkerLog);
    }

    private static async Task<bool> WaitUntilReadyAsync(State state, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (state.Process.IsAlive && TimeProvider.System.GetElapsedTime(start) < StartLimit)
        {
            if ((await WorkerHealth.AskAsync(state.Address, cancellationToken)).IsReady)
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        return false;
    }

    private static int ChoosePort(int attempt)
    {
        int[] wished = [Read()?.Address.Port ?? DefaultPort, DefaultPort];
        return attempt == 1 ? wished.Append(FreePort.Take(1)[0]).First(FreePort.IsFree) : FreePort.Take(1)[0];
    }

    // An address to listen on may be a wildcard, which is none to connect to.
    internal static Uri Address(string urls)
    {
        var address = BindingAddress.Parse(urls.Split([';', ','])[0].Trim());
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}");
    }

    private static void RotateLog()
    {
        if (new FileInfo(Places.WorkerLog) is { Exists: true, Length: > LogLimit } log)
        {
            log.MoveTo(Places.WorkerLog + ".1", overwrite: true);
        }
    }

    /// <summary>What is remembered of a worker. With passwords: in a file that its owner alone can read.</summary>
    internal sealed record State(ProcessIdentity Process, Uri Address, Launched? Launched)
    {
        public void Write() => OwnedFile.Write(StateFile, JsonSerializer.Serialize(this, ContractJson.Indented));
    }

    /// <summary>What a worker is started with.</summary>
    /// <param name="Build">Identity of the program.</param>
    /// <param name="Settings">The settings given, by key.</param>
    /// <param name="Servers">The servers, by environment variable.</param>
    internal sealed record Launched(string Build, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Servers);

    /// <summary>A worker that is ready.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="WasRunning">It was so before.</param>
    /// <param name="Replaced">Why another one had to give way.</param>
    internal sealed record Start(State Worker, bool WasRunning, (string En, string Ja)? Replaced);
}
