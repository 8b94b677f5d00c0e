using EcgIntegration.LocalServers;
using EcgIntegration.Worker.Messaging;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>
/// PostgreSQL, RabbitMQ and the worker on this machine. Servers that the configuration names are used as they are; what
/// is missing is started, in Docker where an engine answers, else as private instances.
/// </summary>
internal sealed class LocalStack(Terminal terminal, bool allowDocker)
{
    private readonly LocalSettings _settings = new(LocalWorker.Remembered());

    private static string PostgresFolder => Path.Combine(Places.Run, "postgres");

    internal static string RabbitMqFolder => Path.Combine(Places.Run, "rabbitmq");

    /// <summary>Brings up what does not run, and waits until all is ready. Doing it twice does it once.</summary>
    public async Task<StackUp> UpAsync(CancellationToken cancellationToken)
    {
        Places.Create();
        using var held = await LockAsync(cancellationToken);
        if (allowDocker && _settings is { Postgres: null, RabbitMq: null } && !ArePrivateServersInUse()
            && await DockerStack.UpAsync(terminal, _settings, cancellationToken) is { } inDocker)
        {
            inDocker.Write();
            return new(inDocker, [], null, []);
        }

        var options = new PrivateServerOptions { Progress = text => terminal.Progress(text, text) };
        var running = new List<string>();
        Note("postgres", "PostgreSQL", _settings.Postgres is not null || PrivatePostgres.FindRunning(PostgresFolder) is not null);
        Note("rabbitmq", "RabbitMQ", _settings.RabbitMq is not null || PrivateRabbitMq.FindRunning(RabbitMqFolder) is not null);
        var postgresStart = _settings.Postgres is null ? PrivatePostgres.StartAsync(PostgresFolder, options, cancellationToken) : null;
        var rabbitMqStart = _settings.RabbitMq is null ? PrivateRabbitMq.StartAsync(RabbitMqFolder, options, cancellationToken) : null;
        await Task.WhenAll(postgresStart ?? Task.CompletedTask, rabbitMqStart ?? Task.CompletedTask);
        var postgres = postgresStart is null ? null : await postgresStart;
        var rabbitMq = rabbitMqStart is null ? null : await rabbitMqStart;

        // A policy needs no queue to be there yet, and rabbitmqctl's second is spent while the worker starts.
        var limits = rabbitMq?.SetQueuePolicyAsync(
            QueueLimits.PolicyName, QueueLimits.Pattern, QueueLimits.Default.Definition, cancellationToken) ?? Task.CompletedTask;
        terminal.Progress("Starting the worker, if it does not run …", "ワーカーが動いていなければ起動します …");
        var postgresAddress = postgres?.Uri ?? LocalSettings.AsUri(_settings.Postgres!);
        var rabbitMqAddress = rabbitMq?.AmqpUri.OriginalString ?? _settings.RabbitMq!;
        var workerStart = LocalWorker.StartAsync(
            _settings,
            new Dictionary<string, string>
            {
                [LocalSettings.PostgresVariable] = postgres?.ConnectionString ?? _settings.Postgres!,
                [LocalSettings.RabbitMqVariable] = rabbitMqAddress,
            },
            cancellationToken);
        await Task.WhenAll(limits, workerStart);
        var start = await workerStart;
        var worker = start.Worker;
        if (start.WasRunning)
        {
            running.Add("worker");
        }

        var endpoints = new Endpoints(
            worker.Address,
            rabbitMqAddress,
            postgresAddress,
            _settings.Token,
            new(worker.Process.ProcessId, rabbitMq?.ProcessId, postgres?.ProcessId));
        endpoints.Write();
        return new(endpoints, running, start.Replaced, _settings.Kept);

        void Note(string part, string name, bool runs)
        {
            if (runs)
            {
                running.Add(part);
            }
            else
            {
                terminal.Progress($"Starting {name} …", $"{name} を起動しています …");
            }
        }
    }

    /// <summary>Ends what was started here: the worker first, so that it can finish what it is at.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="keep">Names of parts to leave as they are.</param>
    /// <returns>The names of what was ended.</returns>
    public async Task<IReadOnlyList<string>> DownAsync(CancellationToken cancellationToken, IReadOnlySet<string>? keep = null)
    {
        if (!Directory.Exists(Places.Run))
        {
            return [];
        }

        using var held = await LockAsync(cancellationToken);
        var kept = keep ?? new HashSet<string>();
        var ended = new List<string>();
        await EndAsync("worker", () => LocalWorker.StopAsync(cancellationToken));
        await Task.WhenAll(
            EndAsync("rabbitmq", () => PrivateRabbitMq.StopAsync(RabbitMqFolder, cancellationToken)),
            EndAsync("postgres", () => PrivatePostgres.StopAsync(PostgresFolder, cancellationToken)));
        if (kept.Count == 0)
        {
            await EndAsync("docker", () => DockerStack.DownAsync(terminal, cancellationToken));
        }

        if (!kept.Contains("worker"))
        {
            File.Delete(Places.EndpointsFile);
            LocalWorker.Forget();
        }

        return ended;

        async Task EndAsync(string name, Func<Task<bool>> end)
        {
            if (!kept.Contains(name) && await end())
            {
                lock (ended)
                {
                    ended.Add(name);
                }
            }
        }
    }

    /// <summary>How each part is.</summary>
    public async Task<IReadOnlyList<PartStatus>> StatusAsync(CancellationToken cancellationToken)
    {
        if (await DockerStack.StatusAsync(cancellationToken) is { } inDocker)
        {
            var asked = Endpoints.Read() is { } known ? await WorkerHealth.AskAsync(known.Http, cancellationToken) : null;
            return [.. inDocker.Select(part => part is { Name: "worker", State: "ready" } ? part.With(asked) : part)];
        }

        var postgres = PrivatePostgres.FindRunning(PostgresFolder);
        var rabbitMq = PrivateRabbitMq.FindRunning(RabbitMqFolder);
        var worker = LocalWorker.FindRunning();
        var health = worker is null ? null : await WorkerHealth.AskAsync(worker.Address, cancellationToken);
        return
        [
            _settings.Postgres is { } elsewhere
                ? PartStatus.Elsewhere("postgres", LocalSettings.AsUri(elsewhere))
                : PartStatus.Here("postgres", postgres?.ProcessId, postgres?.Uri),
            _settings.RabbitMq is { } broker
                ? PartStatus.Elsewhere("rabbitmq", broker)
                : PartStatus.Here("rabbitmq", rabbitMq?.ProcessId, rabbitMq?.AmqpUri.OriginalString),
            (PartStatus.Here("worker", worker?.Process.ProcessId, worker?.Address.OriginalString) with
            {
                State = health is null ? "stopped" : health.IsReady ? "ready" : "starting",
                Reason = health is { IsReady: false } ? Why(health, postgres?.Uri, rabbitMq?.AmqpUri.OriginalString) : null,
            }).With(health),
        ];
    }

    private string Why(WorkerHealth health, string? postgres, string? rabbitMq)
    {
        var (en, ja) = health.Explain(
            _settings.Postgres is { } elsewhere ? LocalSettings.AsUri(elsewhere) : postgres, _settings.RabbitMq ?? rabbitMq);
        return terminal.Say(en, ja);
    }

    private static bool ArePrivateServersInUse() =>
        Directory.Exists(PostgresFolder) || Directory.Exists(RabbitMqFolder);

    private static Task<FileStream> LockAsync(CancellationToken cancellationToken) =>
        FileLock.TakeAsync(Path.Combine(Places.Run, "lock"), cancellationToken);
}
