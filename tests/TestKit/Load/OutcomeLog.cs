using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.TestKit.Load;

/// <summary>
/// A consumer of outcomes that misses none: a durable queue of its own, acknowledged one by one, and a new connection
/// whenever the broker was away.
/// </summary>
public sealed class OutcomeLog : IAsyncDisposable
{
    private const string Exchange = "ecg.events";
    private const string Queue = "test.outcomes";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentQueue<EventClient.Outcome> _outcomes = new();
    private readonly ConcurrentDictionary<Guid, byte> _events = new();
    private readonly CancellationTokenSource _end = new();
    private readonly bool _keepAll;
    private readonly Uri _amqp;
    private Task _running = Task.CompletedTask;
    private int _heard;

    private OutcomeLog(Uri amqp, bool keepAll)
    {
        _amqp = amqp;
        _keepAll = keepAll;
    }

    /// <summary>Every outcome heard, repetitions included; empty where they are only counted.</summary>
    public IReadOnlyList<EventClient.Outcome> Outcomes => [.. _outcomes];

    /// <summary>Different events that have an outcome.</summary>
    public int Events => _events.Count;

    /// <summary>Outcomes heard, repetitions included.</summary>
    public int Heard => Volatile.Read(ref _heard);

    /// <summary>Binds the queue, so that no outcome from now on is missed, and listens.</summary>
    /// <param name="amqp">The broker; it may go away later.</param>
    /// <param name="keepAll">False only counts: for runs too long to keep everything.</param>
    public static async Task<OutcomeLog> StartAsync(Uri amqp, bool keepAll = true)
    {
        var log = new OutcomeLog(amqp, keepAll);
        await using (var connection = await log.ConnectAsync(CancellationToken.None))
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true);
            await channel.QueueDeclareAsync(
                Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 10_000 });
            await channel.QueueBindAsync(Queue, Exchange, "study.#");
        }

        log._running = log.RunAsync();
        return log;
    }

    /// <summary>Ends the listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            IConnection? connection = null;
            try
            {
                connection = await ConnectAsync(_end.Token);
                await ListenAsync(connection);
            }
            catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or TimeoutException or ObjectDisposedException)
            {
                // The broker is away, or this is the end.
            }

            await Quietly.DisposeAsync(connection);
            await Task.WhenAny(Task.Delay(Pause, _end.Token));
        }
    }

    private async Task ListenAsync(IConnection connection)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: _end.Token);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            lost.TrySetResult();
            return Task.CompletedTask;
        };
        await channel.BasicQosAsync(0, 200, global: false, _end.Token);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var outcome = EventClient.Outcome.Read(delivery.RoutingKey, delivery.Body);
            if (_keepAll)
            {
                _outcomes.Enqueue(outcome);
            }

            Interlocked.Increment(ref _heard);
            _events.TryAdd(outcome.EventId, 0);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, _end.Token);
        await lost.Task.WaitAsync(_end.Token);
    }

    private Task<IConnection> ConnectAsync(CancellationToken cancellationToken) =>
        new ConnectionFactory { Uri = _amqp, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(cancellationToken);
}
