namespace EcgIntegration.Worker.Messaging;

/// <summary>One delivery from an intake queue, exactly as the publisher sent it.</summary>
/// <param name="body">A copy of its own: the client reuses its buffer.</param>
/// <param name="routingKey">Routing key it came with.</param>
/// <param name="isGivenUp">The broker took it off its queue at the delivery limit.</param>
internal sealed class RawEvent(ReadOnlyMemory<byte> body, string routingKey, bool isGivenUp)
{
    public ReadOnlyMemory<byte> Body { get; } = body;

    public string RoutingKey { get; } = routingKey;

    public bool IsGivenUp { get; } = isGivenUp;
}
