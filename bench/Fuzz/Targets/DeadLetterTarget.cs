using System.Text;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Commands.Operations.Queues;
using EcgIntegration.Worker.Messaging;
using RabbitMQ.Client;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>Dead letters, body and headers: anybody can have published them, and none may stop the listing.</summary>
internal sealed class DeadLetterTarget() : FuzzTarget("dead-letter")
{
    private static readonly string[] Names =
        ["x-death", "reason", "queue", "routing-keys", "time", "count", RenewedHeaders.Reason, RenewedHeaders.Queue, RenewedHeaders.At, "x-first-death-reason"];

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Scratch.Join(SeedEcgs.SmallEvents[0], [1, 6, 0, 5, 1, 6, 4, 1, 1, 14, .. "delivery_limit"u8, 2, 1, 3, .. "abc"u8]),
        Scratch.Join(SeedEcgs.SmallEvents[0], [2, 6, 1, 9, .. "ecg.stats"u8, 8, 1, 10, .. "2026-01-01"u8]),
        Scratch.Join(
            JsonSerializer.SerializeToUtf8Bytes(new DeadLetterNotice(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), "event-id-missing", new string('a', 64), 12, DateTimeOffset.UnixEpoch), ContractJson.Compact), []),
    ];

    public override string Run(byte[] input)
    {
        var parts = Scratch.Split(input, 2);
        var program = new HeaderProgram(parts[1]);
        var properties = new BasicProperties();
        if (parts[1].Length > 0)
        {
            properties.Headers = program.Table(0);
        }

        var key = parts[1].Length % 2 == 0 ? "observation.received.stat" : Encoding.Latin1.GetString(parts[1]);
        var letter = DeadLetter.Read(new BasicGetResult(1, false, "ecg.intake.dead", key, 0, properties, parts[0]));
        Require(letter.EventId != Guid.Empty && letter.Sha256.Length == 64 && letter.Bytes >= 0, "A letter without id, hash or length.");
        Require(letter.Code is null || letter.Code.All(char.IsAscii), "A code that could be a name.");
        return $"{letter.Kind} {letter.Code is null} {letter.Queue is null} {letter.RoutingKey is null} {letter.At is null}";
    }

    /// <summary>Bytes read as what to put into a table of headers, of any of AMQP's types.</summary>
    private sealed class HeaderProgram(byte[] bytes)
    {
        private const int Deepest = 5;
        private int _at;

        public Dictionary<string, object?> Table(int depth)
        {
            var table = new Dictionary<string, object?>();
            for (var left = Next() % 8; left > 0; left--)
            {
                table[Names[Next() % Names.Length]] = Value(depth + 1);
            }

            return table;
        }

        private byte Next() => _at < bytes.Length ? bytes[_at++] : (byte)0;

        private object? Value(int depth) => (Next() % 9) switch
        {
            1 => Text(),
            2 => (int)Next(),
            3 => BitConverter.ToInt64([Next(), Next(), Next(), Next(), Next(), Next(), Next(), Next()]),
            4 => new AmqpTimestamp(BitConverter.ToInt64([Next(), Next(), Next(), Next(), Next(), Next(), Next(), Next()])),
            5 when depth < Deepest => Enumerable.Range(0, Next() % 5).Select(_ => Value(depth + 1)).ToList(),
            6 when depth < Deepest => Table(depth + 1),
            7 => Encoding.Latin1.GetString(Text()),
            8 => true,
            _ => null,
        };

        private byte[] Text()
        {
            var length = Math.Min(Next(), bytes.Length - _at);
            var text = bytes[_at..(_at + length)];
            _at += length;
            return text;
        }
    }
}
