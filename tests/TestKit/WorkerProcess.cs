using System.Diagnostics;
using System.Text;
using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.TestKit;

/// <summary>A worker as a process of its own, on servers that a test names. It ends with the test, whatever ends the test.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private const int StartAttempts = 3;
    private const string AddressInUse = "The address to listen on is in use";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ProcessIdentity _identity;
    private readonly Keeper _keeper;
    private readonly StringBuilder _log = new();

    private WorkerProcess(Process process, Uri http)
    {
        _process = process;
        _identity = ProcessIdentity.Of(process.Id) ?? throw new InvalidOperationException("The worker ended at once.");
        _keeper = Keeper.Watch([], (ProcessSignal.Kill, _identity));
        Http = new HttpClient { BaseAddress = http, Timeout = TimeSpan.FromSeconds(10) };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>A client for its address.</summary>
    public HttpClient Http { get; }

    /// <summary>Its process id.</summary>
    public int ProcessId => _identity.ProcessId;

    /// <summary>What it has printed so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts a worker on a free port and waits until it is ready.</summary>
    /// <param name="postgres">Connection to its database.</param>
    /// <param name="rabbitMq">Address of its virtual host.</param>
    /// <param name="model">Folder of its model bundle.</param>
    /// <param name="settings">Further environment variables.</param>
    /// <exception cref="InvalidOperationException">It ended or did not become ready; the message holds its log.</exception>
    public static async Task<WorkerProcess> StartAsync(
        string postgres, Uri rabbitMq, string model, IReadOnlyDictionary<string, string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(rabbitMq);
        for (var attempt = 1; ; attempt++)
        {
            var worker = Launch(postgres, rabbitMq, model, settings);
            try
            {
                await Eventually.TrueAsync("the worker is ready", async () => !worker._identity.IsAlive || await worker.IsReadyAsync(), StartLimit);
                if (worker._identity.IsAlive)
                {
                    return worker;
                }

                // Until the pipes are at their end the log may lack the sentence that says why.
                await worker._process.WaitForExitAsync();
                throw new InvalidOperationException("It ended.");
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException)
            {
                await worker.DisposeAsync();

                // Another program can take the port between its choice and its use.
                if (attempt == StartAttempts || !worker.Log.Contains(AddressInUse, StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"The worker does not become ready:\n{worker.Log}", e);
                }
            }
        }
    }

    private static WorkerProcess Launch(string postgres, Uri rabbitMq, string model, IReadOnlyDictionary<string, string>? settings)
    {
        var http = new Uri($"http://127.0.0.1:{FreePort.Take(1)[0]}");
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["ECG_Postgres__ConnectionString"] = postgres,
            ["ECG_RabbitMq__Uri"] = rabbitMq.OriginalString,
            ["ECG_Http__Urls"] = http.GetLeftPart(UriPartial.Authority),
            ["ECG_Model__Path"] = model,
        };
        return new WorkerProcess(EcgProcess.Start(["serve"], environment), http);
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _identity.Signal(ProcessSignal.Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it stands still, its connections open, and knows nothing of it.</summary>
    public void Pause() => _identity.Signal(ProcessSignal.Stop);

    /// <summary>Lets it go on where it stood.</summary>
    public void Resume() => _identity.Signal(ProcessSignal.Continue);

    /// <summary>Asks it to end in good order.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TimeoutException">It did not.</exception>
    public async Task<int> StopAsync()
    {
        _identity.Signal(ProcessSignal.Terminate);
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The worker does not end:\n{Log}", e);
        }
    }

    /// <summary>Ends it, by force if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _keeper.DisposeAsync();
        Http.Dispose();
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }
}
