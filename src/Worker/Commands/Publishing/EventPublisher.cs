using System.Buffers;
using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Commands.Local;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>
/// Publishes as any foreign system would, with the RabbitMQ client alone: persistent, confirmed by the broker, and
/// returned as an error where no queue takes it.
/// </summary>
internal sealed class EventPublisher : IAsyncDisposable
{
    private const string SourceSystem = "ecg-publish";

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly TimeProvider _time;

    private EventPublisher(IConnection connection, IChannel channel, TimeProvider time)
    {
        _connection = connection;
        _channel = channel;
        _time = time;
    }

    /// <summary>Connects and makes sure that the exchange is there.</summary>
    /// <exception cref="CommandException">The broker cannot be reached.</exception>
    public static async Task<EventPublisher> ConnectAsync(string address, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await BrokerConnection.OpenAsync(address, SourceSystem, cancellationToken);
        try
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
            await channel.ExchangeDeclareAsync(EventNames.Exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken);
            return new(connection, channel, time);
        }
        catch (OperationInterruptedException e)
        {
            await connection.DisposeAsync();
            throw new CommandException(
                $"The exchange {EventNames.Exchange} is there in another form, or may not be declared by this user: see RabbitMQ's log.",
                $"Exchange {EventNames.Exchange} が別の形式で存在するか、このユーザーでは宣言できません。RabbitMQのログを確認してください。",
                e);
        }
    }

    /// <summary>Sends one ECG; done once the broker has it in a queue.</summary>
    /// <param name="ecg">The ECG.</param>
    /// <param name="eventId">The event's id; that of an event which is sent as it is stays.</param>
    /// <param name="priority">How soon it is wanted; <see langword="null"/> leaves it to the event, or to routine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">The broker did not take it.</exception>
    public async Task<PublishedEvent> PublishAsync(OutgoingEcg ecg, Guid eventId, EventPriority? priority, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var stat = priority is null ? ecg.Head.IsStat : priority == EventPriority.Stat;
        var own = ecg.Head.EventId is { } text ? Guid.Parse(text) : (Guid?)null;
        eventId = own ?? eventId;
        var body = own is null ? Wrap(ecg.Json, eventId, now, stat) : ecg.Json;
        var properties = new BasicProperties
        {
            Persistent = true,
            ContentType = "application/json",
            MessageId = eventId.ToString(),
        };
        try
        {
            await _channel.BasicPublishAsync(
                EventNames.Exchange,
                stat ? EventNames.ReceivedStat : EventNames.ReceivedRoutine,
                mandatory: true,
                properties,
                body,
                cancellationToken);
        }
        catch (PublishException e)
        {
            throw new CommandException(
                e.IsReturn
                    ? "RabbitMQ has no queue for the event: the worker, which declares it, has never run on this broker. Start it with ecg up."
                    : "RabbitMQ refused the event, most likely because its queue is at its limit: see ecg queues, and send it again later.",
                e.IsReturn
                    ? "イベントを受け取るキューがありません。キューを宣言するワーカーがこのブローカーで一度も動いていません。ecg up で起動してください。"
                    : "RabbitMQがイベントを拒否しました(キューが上限に達した可能性があります)。ecg queues で確認し、後で再送してください。",
                e);
        }
        catch (AlreadyClosedException e)
        {
            throw new CommandException(
                "The connection to RabbitMQ was closed; what was not confirmed may be sent again.",
                "RabbitMQへの接続が切れました。確認されなかったものは再送できます。",
                e);
        }

        return new(ecg, eventId, now);
    }

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static ReadOnlyMemory<byte> Wrap(ReadOnlyMemory<byte> observation, Guid eventId, DateTimeOffset now, bool stat)
    {
        var buffer = new ArrayBufferWriter<byte>(observation.Length + 512);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("eventId"u8, eventId);
        json.WriteString("sourceSystem"u8, SourceSystem);
        json.WriteString("occurredAt"u8, now);
        json.WriteString("priority"u8, stat ? "stat"u8 : "routine"u8);
        json.WritePropertyName("observation"u8);
        json.WriteRawValue(observation.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}

/// <summary>An event that the broker has taken.</summary>
/// <param name="Ecg">What was sent.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="PublishedAt">When it was handed over.</param>
internal sealed record PublishedEvent(OutgoingEcg Ecg, Guid EventId, DateTimeOffset PublishedAt);
