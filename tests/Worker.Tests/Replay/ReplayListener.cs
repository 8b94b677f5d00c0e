using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using EcgIntegration.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary>A foreign system that asks for replays by event and hears of their end, by <c>docs/events.md</c> alone.</summary>
internal sealed class ReplayListener : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentQueue<JsonElement> _finished = new();

    private ReplayListener(IConnection connection, IChannel channel)
    {
        _connection = connection;
        _channel = channel;
    }

    public static async Task<ReplayListener> ConnectAsync(Uri amqp)
    {
        var stop = TestContext.Current.CancellationToken;
        var connection = await new ConnectionFactory { Uri = amqp }.CreateConnectionAsync(stop);
        var channel = await connection.CreateChannelAsync(new(true, true), stop);
        var listener = new ReplayListener(connection, channel);
        var queue = await channel.QueueDeclareAsync(cancellationToken: stop);
        await channel.QueueBindAsync(queue.QueueName, "ecg.events", "replay.finished", cancellationToken: stop);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            using var document = JsonDocument.Parse(delivery.Body);
            listener._finished.Enqueue(document.RootElement.Clone());
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer, stop);
        return listener;
    }

    public async Task PublishAsync(string body, string exchange = "ecg.events", string routingKey = "replay.requested") => await _channel.BasicPublishAsync(
        exchange, routingKey, mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(body));

    public async Task<JsonElement> FinishedAsync(string key)
    {
        await Eventually.TrueAsync($"end of replay {key}", () => _finished.Any(Is));
        return _finished.First(Is);

        bool Is(JsonElement finished) => finished.GetProperty("key").GetString() == key;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
