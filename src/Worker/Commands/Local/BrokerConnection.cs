using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>Connections of verbs to RabbitMQ.</summary>
internal static class BrokerConnection
{
    /// <summary>Connects.</summary>
    /// <param name="address"><c>amqp://user:password@host:port/vhost</c>.</param>
    /// <param name="name">Shown in the broker's list of connections.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">The broker cannot be reached; the message names host and port, never the password.</exception>
    public static async Task<IConnection> OpenAsync(string address, string name, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
        {
            throw new CommandException(
                "RabbitMq:Uri is not an address of the form amqp://user:password@host:5672/vhost.",
                "RabbitMq:Uri は amqp://user:password@host:5672/vhost の形式で指定してください。");
        }

        try
        {
            return await new ConnectionFactory { Uri = uri, ClientProvidedName = name }.CreateConnectionAsync(cancellationToken);
        }
        catch (Exception e) when (e is BrokerUnreachableException or OperationInterruptedException)
        {
            throw new CommandException(
                $"RabbitMQ at {uri.Host}:{uri.Port} cannot be used: see ecg status, or start it with ecg up.",
                $"RabbitMQ({uri.Host}:{uri.Port})を使用できません。ecg status で確認するか、ecg up で起動してください。",
                e);
        }
    }
}
