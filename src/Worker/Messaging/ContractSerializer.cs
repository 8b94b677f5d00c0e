using System.Net.Mime;
using System.Text.Json;
using EcgIntegration.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// Events cross the broker as plain JSON without MassTransit's envelope, and anything may arrive: so deliveries are
/// handed on as bytes whatever their content type says, and the publisher's transport headers are not believed.
/// </summary>
internal sealed class ContractSerializer : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    public ContentType ContentType { get; } = new("application/json");

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class =>
        new MemoryMessageBody(JsonSerializer.SerializeToUtf8Bytes(context.Message, ContractJson.Compact));

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        new BodyConsumeContext(receiveContext, new RawEventContext(this, receiveContext));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        throw new NotSupportedException("Only deliveries from the broker are read.");

    public void Probe(ProbeContext context) => context.CreateScope("json").Add("contentType", ContentType.MediaType);

    private sealed class RawEventContext(ContractSerializer serializer, ReceiveContext delivery) : SystemTextJsonRawSerializerContext(
        SystemTextJsonMessageSerializer.Instance,
        ContractJson.Compact,
        serializer.ContentType,
        new RawMessageContext(EmptyHeaders.Instance, delivery.InputAddress, RawSerializerOptions.AnyMessageType),
        [],
        RawSerializerOptions.AnyMessageType,
        NoMessage)
    {
        private static readonly JsonElement NoMessage = JsonElement.Parse("{}");

        public override bool TryGetMessage<T>(out T? message) where T : class
        {
            message = typeof(T) == typeof(RawEvent) ? Read() as T : null;
            return message is not null;
        }

        private RawEvent Read()
        {
            delivery.TryGetPayload<RabbitMqBasicConsumeContext>(out var basic);
            return new(delivery.Body.GetBytes(), basic?.RoutingKey ?? "", IsGivenUp(basic?.Properties.Headers));
        }

        /// <summary>The first entry of the history is the broker's latest, whatever a publisher wrote behind it.</summary>
        private static bool IsGivenUp(IDictionary<string, object?>? headers) =>
            headers is not null
            && headers.TryGetValue("x-death", out var history)
            && history is IEnumerable<object?> deaths
            && deaths.FirstOrDefault() is IDictionary<string, object?> latest
            && latest.TryGetValue("reason", out var reason)
            && reason is byte[] text
            && text.AsSpan().SequenceEqual("delivery_limit"u8);
    }
}
