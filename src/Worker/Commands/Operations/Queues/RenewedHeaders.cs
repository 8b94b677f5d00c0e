using System.Globalization;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary>The properties of a dead letter that is published again.</summary>
internal static class RenewedHeaders
{
    /// <summary>Why it was given up: stands beside the broker's own record, which a broker need not take from a client.</summary>
    public const string Reason = "ecg-dead-reason";

    /// <summary>Which queue gave it up.</summary>
    public const string Queue = "ecg-dead-queue";

    /// <summary>When, ISO 8601.</summary>
    public const string At = "ecg-dead-at";

    private const string Unknown = "unknown";

    /// <summary>For the way back into the intake: as it was published, without what the broker added.</summary>
    public static BasicProperties ForIntake(IReadOnlyBasicProperties original) =>
        Copy(original, header => header.StartsWith("x-", StringComparison.Ordinal) || header is Reason or Queue or At);

    /// <summary>For its place on the dead-letter queue: with what is known of its end, the count of deliveries at zero.</summary>
    public static BasicProperties ForDeadLetters(IReadOnlyBasicProperties original, DeadLetter letter)
    {
        var copy = Copy(original, header => header is "x-delivery-count" or "x-acquired-count");
        if (letter.Kind == DeadLetterKind.Message)
        {
            copy.Headers ??= new Dictionary<string, object?>();
            copy.Headers[Reason] = letter.Code ?? Unknown;
            copy.Headers[Queue] = letter.Queue ?? Unknown;
            copy.Headers[At] = letter.At?.ToString("O", CultureInfo.InvariantCulture) ?? Unknown;
        }

        return copy;
    }

    private static BasicProperties Copy(IReadOnlyBasicProperties original, Func<string, bool> drop)
    {
        var copy = new BasicProperties(original) { Persistent = true };

        // The broker compares the user with its own, an expiry would let the message vanish, and CC would send it twice.
        copy.ClearUserId();
        copy.ClearExpiration();
        copy.Headers = original.Headers?.Where(header => !drop(header.Key) && header.Key is not ("CC" or "BCC"))
            .ToDictionary(header => header.Key, header => header.Value);
        return copy;
    }
}
