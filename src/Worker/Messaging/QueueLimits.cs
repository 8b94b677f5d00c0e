using System.Globalization;

namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// The policy that bounds the intake queues. At a limit the broker refuses the publisher, who has confirms and sends
/// again: nothing that was confirmed is ever dropped. What may not depend on an operator (the dead-letter exchange and the
/// upper bound of deliveries) is a queue argument instead: docs/queues.md.
/// </summary>
/// <param name="MaxMessages">Most messages ready in one queue.</param>
/// <param name="MaxBytes">Most bytes of bodies ready in one queue.</param>
internal sealed record QueueLimits(long MaxMessages, long MaxBytes)
{
    /// <summary>The policy's name.</summary>
    public const string PolicyName = "ecg-intake";

    /// <summary>
    /// The queues it is for. The dead-letter queue is not among them: the broker would have nowhere to put what it refuses.
    /// </summary>
    public const string Pattern = @"^ecg\.intake\.(stat|routine|replay)$";

    /// <summary>About 30,000 ECGs of 0.3 MB, weeks of a large hospital; or a replay of 200,000 by reference.</summary>
    public static QueueLimits Default { get; } = new(200_000, 10L << 30);

    /// <summary>
    /// The policy as RabbitMQ takes it. Dead letters go over with a confirm: only reject-publish allows that.
    /// </summary>
    public string Definition => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"max-length":{{MaxMessages}},"max-length-bytes":{{MaxBytes}},"overflow":"reject-publish","dead-letter-strategy":"at-least-once"}""");
}
