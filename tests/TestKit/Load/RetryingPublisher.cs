using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.TestKit.Load;

/// <summary>
/// A publisher as docs/events.md asks for: persistent messages, confirms, and what was not confirmed is sent again, over a
/// new connection if need be. So the broker may see a message more than once, never less.
/// </summary>
/// <param name="amqp">The broker; it may be away.</param>
/// <param name="confirmLimit">A message not confirmed in this time is sent again.</param>
public sealed class RetryingPublisher(Uri amqp, TimeSpan confirmLimit) : IAsyncDisposable
{
    private const string Exchange = "ecg.events";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Messages confirmed.</summary>
    public int Confirmed { get; private set; }

    /// <summary>Messages sent again because they were not confirmed.</summary>
    public int SentAgain { get; private set; }

    /// <summary>Returns when the broker has confirmed the message; one at a time.</summary>
    public async Task PublishAsync(OutgoingEvent message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        for (var attempt = 1; ; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(confirmLimit);
            try
            {
                var channel = await ChannelAsync(limit.Token);
                SentAgain += attempt > 1 ? 1 : 0;
                await channel.BasicPublishAsync(
                    Exchange,
                    $"observation.received.{(message.Stat ? "stat" : "routine")}",
                    mandatory: true,
                    new BasicProperties { Persistent = true, ContentType = "application/json" },
                    message.Body,
                    limit.Token);
                Confirmed++;
                return;
            }
            catch (Exception e) when (IsPassing(e) && !cancellationToken.IsCancellationRequested)
            {
                await DisconnectAsync();
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>Disconnects.</summary>
    public async ValueTask DisposeAsync() => await DisconnectAsync();

    private static bool IsPassing(Exception e) =>
        e is BrokerUnreachableException or OperationInterruptedException or PublishException or IOException or OperationCanceledException
        or RabbitMQClientException or ObjectDisposedException or TimeoutException;

    private async Task<IChannel> ChannelAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
        {
            return open;
        }

        await DisconnectAsync();
        _connection = await new ConnectionFactory { Uri = amqp, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(cancellationToken);
        return _channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
    }

    private async Task DisconnectAsync()
    {
        await Quietly.DisposeAsync(_channel);
        await Quietly.DisposeAsync(_connection);
        (_channel, _connection) = (null, null);
    }
}
