using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.LocalServers;

/// <summary>Files, environment and commands of a private RabbitMQ node.</summary>
internal sealed class RabbitMqNode(ServerFolder place, ServerAccount account)
{
    /// <summary>The one user of a private node.</summary>
    public const string User = "ecg";

    /// <summary>The one virtual host of a private node.</summary>
    public const string VirtualHost = "ecg";

    private static readonly TimeSpan PortMapperLimit = TimeSpan.FromSeconds(20);

    private const string MarkName = "ECG_PRIVATE_RABBITMQ";

    /// <summary>Stands in the environment of every process of the node.</summary>
    public static string Mark(ServerFolder place) => $"{MarkName}={place.Data}";

    /// <summary>Writes the node's configuration.</summary>
    public async Task ConfigureAsync(RabbitMqState state, CancellationToken cancellationToken)
    {
        // guest does not come to be: the default user is created in an empty database only, and it is ours.
        Write("rabbitmq.conf", $"""
            listeners.tcp.1 = 127.0.0.1:{state.Port}
            default_user = {User}
            default_pass = {state.Password}
            default_vhost = {VirtualHost}
            max_message_size = 134217728
            log.file.rotation.size = 10485760
            log.file.rotation.count = 3
            {(state.ManagementPort is { } port ? $"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}" : "")}

            """);
        Write("enabled_plugins", state.ManagementPort is null ? "[].\n" : "[rabbitmq_management].\n");

        // Empty, in place of /etc/rabbitmq/rabbitmq-env.conf, which belongs to the system's own node.
        Write("rabbitmq-env.conf", "");
        await account.TakeAsync(cancellationToken, place.Data);
    }

    /// <summary>
    /// Starts the Erlang port mapper on its own port, in the foreground, so that its process id is known, and waits for
    /// it: a node that found none would start another.
    /// </summary>
    public async Task<ProcessIdentity> LaunchPortMapperAsync(RabbitMqState state, CancellationToken cancellationToken)
    {
        var process = DetachedProcess.Start(
            account,
            ["epmd", "-address", "127.0.0.1", "-port", state.PortMapperPort.ToString(CultureInfo.InvariantCulture)],
            Environment(state),
            place.Data,
            place.File("epmd.log"));
        await Readiness.WaitAsync(
            process,
            PortMapperLimit,
            async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, state.PortMapperPort, cancellationToken);
            },
            cancellationToken);
        return process;
    }

    /// <summary>Starts the node.</summary>
    public ProcessIdentity Launch(RabbitMqState state) => DetachedProcess.Start(
        account,
        [Path.Combine(DebianPackages.RabbitMqPrograms, "rabbitmq-server")],
        Environment(state),
        place.Data,
        place.File("rabbitmq.log"));

    /// <summary>Runs rabbitmqctl.</summary>
    public Task<string> ControlAsync(RabbitMqState state, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ShortCommand.RunAsync(
            account.Command([Path.Combine(DebianPackages.RabbitMqPrograms, "rabbitmqctl"), .. arguments]), Environment(state), cancellationToken);

    private void Write(string name, string text)
    {
        File.Delete(place.File(name));
        OwnedFile.Write(place.File(name), text);
    }

    private Dictionary<string, string> Environment(RabbitMqState state) => new(ShortCommand.BaseEnvironment)
    {
        [MarkName] = place.Data,
        ["HOME"] = place.Data,
        ["RABBITMQ_NODENAME"] = "ecg@localhost",
        ["RABBITMQ_CONF_ENV_FILE"] = place.File("rabbitmq-env.conf"),
        ["RABBITMQ_CONFIG_FILE"] = place.File("rabbitmq.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = place.File("advanced.config"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = place.File("enabled_plugins"),
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = place.File("generated"),
        ["RABBITMQ_MNESIA_BASE"] = place.File("mnesia"),
        ["RABBITMQ_LOG_BASE"] = place.File("log"),
        ["RABBITMQ_PID_FILE"] = place.File("rabbitmq.pid"),
        ["RABBITMQ_DIST_PORT"] = state.DistributionPort.ToString(CultureInfo.InvariantCulture),
        ["ERL_EPMD_PORT"] = state.PortMapperPort.ToString(CultureInfo.InvariantCulture),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",

        // For every Erlang machine, rabbitmqctl's and the short-lived one that looks for the port mapper, too.
        ["ERL_AFLAGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["ERL_CRASH_DUMP_SECONDS"] = "0",

        // Makes the start script turn into the node (exec) instead of waiting for it.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
    };
}
