namespace EcgIntegration.Worker.Messaging;

/// <summary>Section <c>RabbitMq</c>.</summary>
internal sealed class BrokerOptions
{
    public const string Section = "RabbitMq";

    /// <summary><c>amqp://user:password@host:5672/vhost</c>, or <c>amqps://</c>.</summary>
    public string Uri { get; init; } = "";

    /// <summary>True where <see cref="Uri"/> can be used.</summary>
    public bool IsUsable() => System.Uri.TryCreate(Uri, UriKind.Absolute, out var uri) && uri.Scheme is ("amqp" or "amqps");
}
