using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace EcgIntegration.TestKit;

/// <summary>
/// A foreign system: publishes events and hears outcomes with nothing but RabbitMQ's own client and <c>docs/events.md</c>.
/// </summary>
public sealed class EventClient : IAsyncDisposable
{
    private const string Exchange = "ecg.events";

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentQueue<Outcome> _outcomes = new();
    private readonly SemaphoreSlim _publishing = new(1);

    private EventClient(IConnection connection, IChannel channel)
    {
        _connection = connection;
        _channel = channel;
    }

    /// <summary>Every outcome heard so far, repetitions included.</summary>
    public IReadOnlyList<Outcome> Outcomes => [.. _outcomes];

    /// <summary>Connects, and binds a queue of its own to every outcome.</summary>
    public static async Task<EventClient> ConnectAsync(Uri amqp)
    {
        var connection = await new ConnectionFactory { Uri = amqp }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true);
        var client = new EventClient(connection, channel);
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, Exchange, "study.#");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            client._outcomes.Enqueue(Outcome.Read(delivery.RoutingKey, delivery.Body));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
        return client;
    }

    /// <summary>Publishes an ECG and returns the event's id.</summary>
    /// <param name="observation">FHIR Observation.</param>
    /// <param name="stat">True for the stat queue.</param>
    /// <param name="eventId">The id to use; a new one unless given.</param>
    /// <param name="occurredAt">When it happened, as the event says it.</param>
    public async Task<Guid> PublishAsync(
        ReadOnlyMemory<byte> observation, bool stat = false, Guid? eventId = null, string occurredAt = "2026-04-01T09:30:00+09:00")
    {
        var id = eventId ?? Guid.NewGuid();
        var priority = stat ? "stat" : "routine";
        var head = $$"""{"eventId":"{{id}}","sourceSystem":"foreign","occurredAt":"{{occurredAt}}","priority":"{{priority}}","observation":""";
        byte[] body = [.. Encoding.UTF8.GetBytes(head), .. observation.Span, (byte)'}'];
        await PublishRawAsync(body, stat);
        return id;
    }

    /// <summary>Publishes any bytes; returns when the broker has confirmed them.</summary>
    public async Task PublishRawAsync(ReadOnlyMemory<byte> body, bool stat = false, string? contentType = "application/json")
    {
        var properties = new BasicProperties { Persistent = true };
        if (contentType is not null)
        {
            properties.ContentType = contentType;
        }

        await _publishing.WaitAsync();
        try
        {
            await _channel.BasicPublishAsync(Exchange, $"observation.received.{(stat ? "stat" : "routine")}", mandatory: true, properties, body);
        }
        finally
        {
            _publishing.Release();
        }
    }

    /// <summary>The outcome of an event, waited for.</summary>
    public async Task<Outcome> OutcomeAsync(Guid eventId, TimeSpan? limit = null)
    {
        await Eventually.TrueAsync($"outcome of {eventId}", () => _outcomes.Any(outcome => outcome.EventId == eventId), limit);
        return _outcomes.First(outcome => outcome.EventId == eventId);
    }

    /// <summary>The next outcome that a condition holds for.</summary>
    public async Task<Outcome> OutcomeAsync(Func<Outcome, bool> condition)
    {
        await Eventually.TrueAsync("outcome", () => _outcomes.Any(condition));
        return _outcomes.First(condition);
    }

    /// <summary>Messages ready in a queue; 0 where there is none of that name.</summary>
    public async Task<uint> DepthAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0;
        }
    }

    /// <summary>Takes a message off a queue.</summary>
    public async Task<string?> TakeAsync(string queue) =>
        await _channel.BasicGetAsync(queue, autoAck: true) is { } message ? Encoding.UTF8.GetString(message.Body.Span) : null;

    /// <summary>Disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
        _publishing.Dispose();
    }

    /// <summary>An outcome as it came over the wire.</summary>
    /// <param name="RoutingKey">Its routing key.</param>
    /// <param name="EventId">The event answered.</param>
    /// <param name="StudyId">The study.</param>
    /// <param name="Status">The status.</param>
    /// <param name="Urgency">The urgency.</param>
    /// <param name="Observation">Reference of the ECG.</param>
    /// <param name="Report">Reference of the report.</param>
    /// <param name="ReasonCodes">Codes of the reasons.</param>
    /// <param name="Body">The whole message.</param>
    public sealed record Outcome(
        string RoutingKey,
        Guid EventId,
        Guid? StudyId,
        string Status,
        string? Urgency,
        string? Observation,
        string? Report,
        IReadOnlyList<string> ReasonCodes,
        string Body)
    {
        internal static Outcome Read(string routingKey, ReadOnlyMemory<byte> body)
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return new(
                routingKey,
                root.GetProperty("eventId").GetGuid(),
                root.GetProperty("studyId") is { ValueKind: JsonValueKind.String } study ? study.GetGuid() : null,
                root.GetProperty("status").GetString()!,
                root.GetProperty("urgency").GetString(),
                root.GetProperty("observation").GetString(),
                root.GetProperty("report").GetString(),
                [.. root.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetProperty("code").GetString()!)],
                Encoding.UTF8.GetString(body.Span));
        }
    }
}
