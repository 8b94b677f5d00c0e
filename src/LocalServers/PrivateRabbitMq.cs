using System.Globalization;
using EcgIntegration.LocalServers.Processes;
using RabbitMQ.Client;

namespace EcgIntegration.LocalServers;

/// <summary>
/// A RabbitMQ node of our own: Debian's programs, a folder, an Erlang port mapper and loopback ports that nothing else
/// uses, one user with a random password and no guest. The system's own node, if there is one, is never touched.
/// </summary>
public sealed class PrivateRabbitMq : IAsyncDisposable
{
    private const int StartAttempts = 5;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly Keeper? _keeper;

    private PrivateRabbitMq(string folder, RabbitMqState state, Keeper? keeper)
    {
        _folder = folder;
        _keeper = keeper;
        Process = state.Node!;
        AmqpUri = AddressOf(state);
        ManagementUri = state.ManagementPort is { } port ? new($"http://127.0.0.1:{port}/") : null;
        UserName = RabbitMqNode.User;
        Password = state.Password;
    }

    /// <summary>Address with user, password and virtual host.</summary>
    public Uri AmqpUri { get; }

    /// <summary>Address of the management API, where <see cref="PrivateServerOptions.Management"/> was asked for.</summary>
    public Uri? ManagementUri { get; }

    /// <summary>The one user, an administrator.</summary>
    public string UserName { get; }

    /// <summary>The user's password.</summary>
    public string Password { get; }

    /// <summary>The Erlang machine that is the node.</summary>
    public ProcessIdentity Process { get; }

    /// <summary>What it prints and logs; readable by the server's account and by root.</summary>
    public IReadOnlyList<string> LogFiles =>
        ServerFolder.Find(_folder) is { } place
            ? [.. Directory.EnumerateFiles(place.File("log"), "*", SearchOption.AllDirectories), place.File("rabbitmq.log")]
            : [];

    /// <summary>The node's process id.</summary>
    public int ProcessId => Process.ProcessId;

    /// <summary>Starts a node that outlives this process; see the other overload.</summary>
    public static Task<PrivateRabbitMq> StartAsync(string folder, CancellationToken cancellationToken) =>
        StartAsync(folder, new PrivateServerOptions(), cancellationToken);

    /// <summary>
    /// Makes sure that the node of a folder runs and answers: an existing one is found again, a killed one is started on
    /// its data, a new one is created. The same goes for its port mapper.
    /// </summary>
    /// <param name="folder">Kept between runs; created if need be.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PrivateServerException">It cannot be started; the message says why.</exception>
    public static async Task<PrivateRabbitMq> StartAsync(string folder, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        await DebianPackages.EnsureAsync(DebianPackages.RabbitMq, options.Progress, cancellationToken);
        var account = ServerAccount.For("rabbitmq");
        var place = await ServerFolder.PrepareAsync(folder, "rabbitmq", account, cancellationToken);
        using var held = await place.LockAsync(cancellationToken);

        var node = new RabbitMqNode(place, account);
        var state = place.Read<RabbitMqState>();
        if (state?.Node is { IsAlive: true } running && await AnswersAsync(state, running, options, cancellationToken))
        {
            if (state.PortMapper is not { IsAlive: true })
            {
                // The node registers anew with whatever answers on the port mapper's port.
                state = state with { PortMapper = await node.LaunchPortMapperAsync(state, cancellationToken) };
                place.Write(state);
            }

            return new(folder, state, keeper: null);
        }

        await EndAllAsync(place, state, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            state = WithPorts(state, keep: attempt == 1, options);
            place.Write(state);
            await node.ConfigureAsync(state, cancellationToken);
            state = state with { PortMapper = await node.LaunchPortMapperAsync(state, cancellationToken) };
            state = state with { Node = node.Launch(state) };
            place.Write(state);
            var keeper = options.EndsWithStarter
                ? Keeper.Watch(place.Folders, (ProcessSignal.Kill, state.Node), (ProcessSignal.Kill, state.PortMapper))
                : null;
            if (await AnswersAsync(state, state.Node, options, cancellationToken))
            {
                return new(folder, state, keeper);
            }

            await EndAllAsync(place, state, cancellationToken);
            if (attempt == StartAttempts)
            {
                throw new PrivateServerException($"RabbitMQ does not start: {place.File("rabbitmq.log")} and {place.File("log")} say why.");
            }
        }
    }

    /// <summary>The node of a folder, if it runs.</summary>
    public static PrivateRabbitMq? FindRunning(string folder) =>
        ServerFolder.Find(folder)?.Read<RabbitMqState>() is { Node.IsAlive: true } state ? new(folder, state, keeper: null) : null;

    /// <summary>Ends the node of a folder and its port mapper, gracefully if it can; its data stay.</summary>
    /// <returns>False where nothing was running.</returns>
    public static async Task<bool> StopAsync(string folder, CancellationToken cancellationToken)
    {
        if (ServerFolder.Find(folder) is not { } place)
        {
            return false;
        }

        using var held = await place.LockAsync(cancellationToken);
        return await EndAllAsync(place, place.Read<RabbitMqState>(), cancellationToken);
    }

    /// <summary>Runs <c>rabbitmqctl</c> on this node.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="PrivateServerException">It failed.</exception>
    public async Task<string> ControlAsync(CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var place = ServerFolder.Find(_folder);
        return place?.Read<RabbitMqState>() is { } state
            ? await new RabbitMqNode(place, ServerAccount.For("rabbitmq")).ControlAsync(state, arguments, cancellationToken)
            : throw new PrivateServerException($"No RabbitMQ was started in {_folder}.");
    }

    /// <summary>The queues of the node's virtual host.</summary>
    public async Task<IReadOnlyList<QueueDepth>> ListQueuesAsync(CancellationToken cancellationToken)
    {
        var lines = await ControlAsync(cancellationToken, "-q", "list_queues", "-p", RabbitMqNode.VirtualHost, "--no-table-headers", "name", "messages", "consumers", "messages_unacknowledged");
        return
        [
            .. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .Select(field => new QueueDepth(
                    field[0],
                    long.Parse(field[1], CultureInfo.InvariantCulture),
                    int.Parse(field[2], CultureInfo.InvariantCulture),
                    long.Parse(field[3], CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>Sets a policy for queues, those to come included; one of the same name is replaced.</summary>
    /// <param name="name">The policy.</param>
    /// <param name="pattern">Regular expression over the names of queues.</param>
    /// <param name="definition">JSON object with the policy's keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="virtualHost">Where; the node's own virtual host unless given.</param>
    /// <exception cref="PrivateServerException">The node refuses it.</exception>
    public Task SetQueuePolicyAsync(
        string name, string pattern, string definition, CancellationToken cancellationToken, string? virtualHost = null) =>
        ControlAsync(
            cancellationToken, "-q", "set_policy", "-p", virtualHost ?? RabbitMqNode.VirtualHost, "--apply-to", "queues", name, pattern, definition);

    /// <summary>Ends the node; with <see cref="PrivateServerOptions.EndsWithStarter"/> its folder goes, too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_keeper is not null)
        {
            // Nothing is kept, so there is nothing to put in order, which takes seconds.
            Process.Signal(ProcessSignal.Kill);
        }

        await StopAsync(_folder, CancellationToken.None);
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
        }
    }

    private static RabbitMqState WithPorts(RabbitMqState? state, bool keep, PrivateServerOptions options)
    {
        int?[] wanted = [state?.Port, state?.DistributionPort, state?.PortMapperPort, state?.ManagementPort];
        var free = FreePort.Take(wanted.Length);
        var ports = wanted.Select((port, i) => keep && port is { } known && FreePort.IsFree(known) ? known : free[i]).ToArray();
        return new(
            ports[0], ports[1], ports[2], options.Management ? ports[3] : null, state?.Password ?? LocalServers.Password.New(), Node: null, PortMapper: null);
    }

    private static async Task<bool> AnswersAsync(
        RabbitMqState state, ProcessIdentity process, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = AddressOf(state), RequestedConnectionTimeout = TimeSpan.FromSeconds(5) };
        return await Readiness.WaitAsync(
            process,
            options.StartLimit,
            async () =>
            {
                await using var connection = await factory.CreateConnectionAsync(cancellationToken);
                await connection.CloseAsync(cancellationToken);
            },
            cancellationToken);
    }

    private static async Task<bool> EndAllAsync(ServerFolder place, RabbitMqState? state, CancellationToken cancellationToken)
    {
        var ran = false;

        // The node first: it reports its end to the port mapper.
        foreach (var known in new[] { state?.Node, state?.PortMapper })
        {
            if (known is { IsAlive: true })
            {
                ran = true;
                await known.EndAsync(ProcessSignal.Terminate, StopPatience, cancellationToken);
            }
        }

        // Erlang starts a port mapper by itself where it finds none; the environment tells whose it is.
        foreach (var stray in ProcessScan.WithEnvironment(RabbitMqNode.Mark(place)))
        {
            ran = true;
            await stray.EndAsync(ProcessSignal.Terminate, StopPatience, cancellationToken);
        }

        return ran;
    }

    private static Uri AddressOf(RabbitMqState state) =>
        new($"amqp://{RabbitMqNode.User}:{state.Password}@127.0.0.1:{state.Port}/{RabbitMqNode.VirtualHost}");
}
