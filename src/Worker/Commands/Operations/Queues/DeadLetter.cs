using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Messaging;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary>What lies on the dead-letter queue.</summary>
internal enum DeadLetterKind
{
    /// <summary>The worker's word that a body without a usable event id came in; the body is in PostgreSQL.</summary>
    Notice,

    /// <summary>A whole event that the broker gave up after its delivery limit.</summary>
    Message,
}

/// <summary>One dead letter, without its body.</summary>
/// <param name="Kind">Notice or whole message.</param>
/// <param name="EventId">Its event; derived from the body, as the ledger does, where the body has no usable one.</param>
/// <param name="Code">Reason code of a notice, or the broker's reason, such as <c>delivery_limit</c>.</param>
/// <param name="Queue">The queue that gave it up.</param>
/// <param name="RoutingKey">The key it was published with, where that is one of the intake's.</param>
/// <param name="Bytes">Length of the body that came in.</param>
/// <param name="Sha256">Hash of the body that came in, lower-case hexadecimal.</param>
/// <param name="At">When it was given up, or came in.</param>
internal sealed partial record DeadLetter(
    DeadLetterKind Kind, Guid EventId, string? Code, string? Queue, string? RoutingKey, long Bytes, string Sha256, DateTimeOffset? At)
{
    /// <summary>Where the broker keeps the history of a dead letter.</summary>
    public const string HistoryHeader = "x-death";

    private static readonly string[] IntakeKeys = [EventNames.ReceivedStat, EventNames.ReceivedRoutine, EventNames.Replay];

    /// <summary>Reads a delivery. Anybody may have published it, so nothing of it is shown that is not of the form expected.</summary>
    public static DeadLetter Read(BasicGetResult delivery)
    {
        var headers = delivery.BasicProperties.Headers;
        if (!delivery.BasicProperties.IsHeadersPresent() || !IsGivenUp(headers))
        {
            if (ReadNotice(delivery.Body.Span) is { } notice)
            {
                return new(
                    DeadLetterKind.Notice, notice.EventId, Plain(notice.Code), null, null, notice.BodyBytes, notice.BodySha256, notice.ReceivedAt);
            }
        }

        var death = FirstDeath(headers);
        var key = IntakeKeys.FirstOrDefault(known => known == (Keys(death).FirstOrDefault() ?? delivery.RoutingKey));
        return new(
            DeadLetterKind.Message,
            EventReader.IdOf(delivery.Body).EventId,
            Plain(Text(death, "reason") ?? Text(headers, RenewedHeaders.Reason)),
            Plain(Text(death, "queue") ?? Text(headers, RenewedHeaders.Queue)),
            key,
            delivery.Body.Length,
            Convert.ToHexStringLower(SHA256.HashData(delivery.Body.Span)),
            Moment(death) ?? Parse(Text(headers, RenewedHeaders.At)));
    }

    private static bool IsGivenUp(IDictionary<string, object?>? headers) =>
        headers is not null && (headers.ContainsKey(HistoryHeader) || headers.ContainsKey(RenewedHeaders.Reason));

    private static DeadLetterNotice? ReadNotice(ReadOnlySpan<byte> body)
    {
        try
        {
            var notice = JsonSerializer.Deserialize<DeadLetterNotice>(body, ContractJson.Compact);
            return notice is { BodyBytes: >= 0 } && notice.EventId != Guid.Empty && Hash().IsMatch(notice.BodySha256 ?? "") ? notice : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The latest comes first, and the intake's queue, where it began, last.
    private static IDictionary<string, object?>? FirstDeath(IDictionary<string, object?>? headers) =>
        headers is not null && headers.TryGetValue(HistoryHeader, out var history) && history is IEnumerable<object?> deaths
            ? deaths.LastOrDefault() as IDictionary<string, object?>
            : null;

    private static IEnumerable<string> Keys(IDictionary<string, object?>? death) =>
        death is not null && death.TryGetValue("routing-keys", out var keys) && keys is IEnumerable<object?> all
            ? all.OfType<byte[]>().Select(Encoding.UTF8.GetString)
            : [];

    private static string? Text(IDictionary<string, object?>? table, string name) =>
        table is not null && table.TryGetValue(name, out var value) && value is byte[] text ? Encoding.UTF8.GetString(text) : null;

    private static DateTimeOffset? Moment(IDictionary<string, object?>? death) =>
        death is not null && death.TryGetValue("time", out var value) && value is AmqpTimestamp { UnixTime: >= 0 and < 253402300800 } time
            ? DateTimeOffset.FromUnixTimeSeconds(time.UnixTime)
            : null;

    private static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment) ? moment : null;

    private static string? Plain(string? word) => word is not null && Word().IsMatch(word) ? word : null;

    [GeneratedRegex(@"^[a-z0-9._-]{1,100}\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Hash();
}
