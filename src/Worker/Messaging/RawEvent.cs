namespace EcgIntegration.Worker.Messaging;

/// <summary>One delivery from the intake queue, exactly as the publisher sent it.</summary>
/// <param name="body">A copy of its own: the client reuses its buffer.</param>
/// <param name="routingKey">Routing key it came with.</param>
internal sealed class RawEvent(ReadOnlyMemory<byte> body, string routingKey)
{
    public ReadOnlyMemory<byte> Body { get; } = body;

    public string RoutingKey { get; } = routingKey;
}
