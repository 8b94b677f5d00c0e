using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.LocalServers;
using EcgIntegration.LocalServers.Processes;

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
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private static string StateFile => Path.Combine(Places.Run, "worker.json");

    /// <summary>The running worker, or <see langword="null"/>.</summary>
    public static State? FindRunning() => Read() is { Process.IsAlive: true } state ? state : null;

    /// <summary>Whether it answers and can work.</summary>
    public static async Task<bool> IsReadyAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = AnswerLimit };
        try
        {
            using var answer = await client.GetAsync("/health/ready", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>
    /// Makes sure that a worker of this build runs with these settings. One of another build or with other settings is
    /// replaced.
    /// </summary>
    /// <param name="settings">Configuration beside the servers.</param>
    /// <param name="servers">Environment that names the servers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It does not become ready.</exception>
    public static async Task<State> StartAsync(
        LocalSettings settings, IReadOnlyDictionary<string, string> servers, CancellationToken cancellationToken)
    {
        settings.Check();
        var fingerprint = $"{typeof(LocalWorker).Module.ModuleVersionId:N} {settings.Fingerprint} {string.Join(' ', servers.Values)}";
        if (FindRunning() is { } running && running.Fingerprint == fingerprint
            && await WaitUntilReadyAsync(running, cancellationToken))
        {
            return running;
        }

        await StopAsync(cancellationToken);
        RotateLog();
        for (var attempt = 1; ; attempt++)
        {
            var urls = settings.Urls ?? $"http://127.0.0.1:{ChoosePort(attempt)}";
            var process = Launch(urls, servers);
            var state = new State(process, Address(urls), fingerprint);
            OwnedFile.Write(StateFile, JsonSerializer.Serialize(state, ContractJson.Indented));
            if (await WaitUntilReadyAsync(state, cancellationToken))
            {
                return state;
            }

            // It ends at once where another program took the port in between.
            var ended = !process.IsAlive;
            await StopAsync(cancellationToken);
            if (!ended || settings.Urls is not null || FreePort.IsFree(state.Address.Port) || attempt == StartAttempts)
            {
                throw new CommandException(ended
                    ? $"The worker ended at its start: {File.ReadLines(Places.WorkerLog).LastOrDefault()} ({Places.WorkerLog})"
                    : $"The worker does not become ready: {Places.WorkerLog} says why.");
            }
        }
    }

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

    private static ProcessIdentity Launch(string urls, IReadOnlyDictionary<string, string> servers)
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var (name, value) in servers)
        {
            environment[name] = value;
        }

        environment[LocalSettings.UrlsVariable] = urls;
        environment[Mark] = Places.Run;
        var host = Environment.ProcessPath ?? throw new CommandException("The path of the dotnet program is unknown: start ecg from a file.");
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
            if (await IsReadyAsync(state.Address, cancellationToken))
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

    /// <summary>What is remembered of a worker.</summary>
    internal sealed record State(ProcessIdentity Process, Uri Address, string Fingerprint);
}
