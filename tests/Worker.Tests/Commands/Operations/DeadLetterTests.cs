using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands.Operations.Queues;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Tests.Support;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Commands.Operations;

/// <summary>Dead letters on a real broker: looked at, given back to the intake, mended.</summary>
public sealed class DeadLetterTests(PostgresFixture postgres, RabbitMqFixture rabbit) : IDisposable
{
    private const string Canary = "見本 金糸雀";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task They_are_listed_without_their_bodies_and_stay_however_often()
    {
        var broken = Encoding.UTF8.GetBytes($$"""{"observation":{"subject":{"display":"{{Canary}}"} } }""");
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit, async events =>
        {
            await events.PublishRawAsync(broken);
            await events.OutcomeAsync(outcome => outcome.ReasonCodes.Contains("event-id-missing"));
        });
        var whole = Encoding.UTF8.GetBytes($$"""{"eventId":"{{Guid.NewGuid()}}","note":"{{Canary}}"}""");
        await bench.Events.PublishRawAsync(whole, stat: true);
        await bench.GiveUpAsync(BrokerNames.StatQueue);
        await bench.DepthAsync(BrokerNames.Dead, 2);

        // More often than RabbitMQ 4 lets a message be returned.
        string? last = null;
        for (var i = 0; i < 25; i++)
        {
            var walk = new List<DeadLetter>();
            await using (var queue = await DeadLetterQueue.OpenAsync(bench.Broker.AmqpUri.OriginalString, Stop))
            {
                await queue.WalkAsync(
                    100,
                    (letter, delivery) =>
                    {
                        walk.Add(letter);
                        Assert.True(delivery.BasicProperties.Headers?.TryGetValue("x-delivery-count", out var count) is not true || (long)count! <= 10);
                        return Task.FromResult(false);
                    },
                    Stop);
            }

            Assert.Equal(2, walk.Count);
            var seen = string.Join('\n', walk.OrderBy(letter => letter.Kind));
            Assert.Equal(last ?? seen, seen);
            last = seen;
            await bench.DepthAsync(BrokerNames.Dead, 2);
        }

        var listed = await bench.QueuesAsync("dead", "--json");
        Assert.Equal((0, ""), (listed.ExitCode, listed.Error));
        var lines = listed.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        var notice = lines.Single(line => (string?)line["kind"] == "notice");
        Assert.Equal("event-id-missing", (string?)notice["code"]);
        Assert.Equal((Hash(broken), broken.Length), ((string?)notice["sha256"], (int)notice["bytes"]!));
        var message = lines.Single(line => (string?)line["kind"] == "message");
        Assert.Equal((string?)JsonNode.Parse(whole)!["eventId"], (string?)message["eventId"]);
        Assert.Equal(("delivery_limit", BrokerNames.StatQueue, "observation.received.stat"), ((string?)message["code"], (string?)message["queue"], (string?)message["routingKey"]));
        Assert.Equal((Hash(whole), whole.Length), ((string?)message["sha256"], (int)message["bytes"]!));
        Assert.All(lines, line => Assert.InRange((DateTimeOffset)line["at"]!, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddMinutes(1)));

        var table = await bench.QueuesAsync("dead", "--lang", "ja");
        Assert.Contains("通知", table.Output, StringComparison.Ordinal);
        Assert.Single((await bench.QueuesAsync("dead", "--json", "--limit", "1")).Output.TrimEnd().Split('\n'));
        Assert.DoesNotContain("金糸雀", listed.Output + table.Output + table.Error, StringComparison.Ordinal);
        await bench.DepthAsync(BrokerNames.Dead, 2);
    }

    [Fact]
    public async Task A_whole_message_goes_back_with_its_own_key_and_a_notice_stays()
    {
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit);
        var stat = await bench.Events.PublishAsync(Repository.ReadSample(0), stat: true);
        await bench.GiveUpAsync(BrokerNames.StatQueue);
        var routine = await bench.Events.PublishAsync(Repository.ReadSample(1));
        await bench.GiveUpAsync(BrokerNames.RoutineQueue);
        var notice = Guid.NewGuid();
        await bench.PublishDeadAsync($$"""{"eventId":"{{notice}}","code":"event-id-missing","bodySha256":"{{new string('0', 64)}}","bodyBytes":7,"receivedAt":"2026-04-01T00:00:00Z"}""");
        await bench.PublishDeadAsync("what anybody may publish");
        await bench.DepthAsync(BrokerNames.Dead, 4);

        var unknown = Guid.NewGuid();
        var missing = await bench.QueuesAsync("requeue", unknown.ToString());
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains(unknown.ToString(), Assert.Single(missing.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        var refused = await bench.QueuesAsync("requeue", notice.ToString());
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("ecg queues export", Assert.Single(refused.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(4u, await bench.Events.DepthAsync(BrokerNames.Dead));

        var one = await bench.QueuesAsync("requeue", stat.ToString(), "--json");
        Assert.Equal((0, ""), (one.ExitCode, one.Error));
        Assert.Equal($$"""{"eventId":"{{stat}}","routingKey":"observation.received.stat"}""", one.Output.TrimEnd());
        await bench.DepthAsync(BrokerNames.StatQueue, 1);
        await bench.DepthAsync(BrokerNames.Dead, 3);

        var all = await bench.QueuesAsync("requeue", "--all", "--lang", "ja");
        Assert.Equal(1, all.ExitCode);
        Assert.Contains(routine.ToString(), all.Output, StringComparison.Ordinal);
        Assert.Contains("通知は再送しません", all.Error, StringComparison.Ordinal);
        await bench.DepthAsync(BrokerNames.RoutineQueue, 1);
        await bench.DepthAsync(BrokerNames.Dead, 2);
        Assert.Equal([$"requeue Event/{stat}", $"requeue Event/{routine}"], await AuditAsync(bench));

        await using var worker = await HostedWorker.StartAsync(bench.Database, bench.Broker);
        Assert.NotNull((await bench.Events.OutcomeAsync(stat)).Report);
        Assert.NotNull((await bench.Events.OutcomeAsync(routine)).Report);
    }

    [Fact]
    public async Task A_death_between_confirm_and_acknowledgement_leaves_the_message_in_both_places()
    {
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit);
        var id = await bench.Events.PublishAsync(Repository.ReadSample(2));
        await bench.GiveUpAsync(BrokerNames.RoutineQueue);
        await bench.DepthAsync(BrokerNames.Dead, 1);

        await using (var queue = await DeadLetterQueue.OpenAsync(bench.Broker.AmqpUri.OriginalString, Stop))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => queue.WalkAsync(
                1,
                async (letter, delivery) =>
                {
                    await queue.PublishAsync(letter, delivery, Stop);
                    throw new InvalidOperationException("killed");
                },
                Stop));
        }

        await bench.DepthAsync(BrokerNames.Dead, 1);
        Assert.Equal(0, (await bench.QueuesAsync("requeue", "--all")).ExitCode);
        await bench.DepthAsync(BrokerNames.Dead, 0);
        await bench.DepthAsync(BrokerNames.RoutineQueue, 2);

        await using var worker = await HostedWorker.StartAsync(bench.Database, bench.Broker);
        await bench.DepthAsync(BrokerNames.RoutineQueue, 0);
        await bench.Events.OutcomeAsync(id);
        await using var database = NpgsqlDataSource.Create(bench.Database.ConnectionString);
        await using var command = database.CreateCommand("SELECT count(*) FROM study");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Stop));
    }

    [Fact]
    public async Task What_the_intake_refuses_stays_a_dead_letter()
    {
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit);
        await bench.Events.PublishAsync(Repository.ReadSample(2));
        await bench.GiveUpAsync(BrokerNames.RoutineQueue);
        await bench.DepthAsync(BrokerNames.Dead, 1);
        await bench.SetPolicyAsync((QueueLimits.Default with { MaxMessages = 0 }).Definition);
        await Eventually.TrueAsync("the limit holds", async () =>
        {
            try
            {
                await bench.Events.PublishRawAsync("filler"u8.ToArray());
                return false;
            }
            catch (RabbitMQ.Client.Exceptions.PublishException)
            {
                return true;
            }
        });

        var result = await bench.QueuesAsync("requeue", "--all");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("limit", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        await bench.DepthAsync(BrokerNames.Dead, 1);
    }

    [Fact]
    public async Task A_kept_body_is_exported_once_for_its_owner_alone()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"observation":{"subject":{"display":"{{Canary}}"} } }""");
        var id = Guid.Empty;
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit, async events =>
        {
            await events.PublishRawAsync(body);
            id = (await events.OutcomeAsync(outcome => outcome.ReasonCodes.Contains("event-id-missing"))).EventId;
        });
        var file = _folder.File("body.json");

        var exported = await bench.QueuesAsync("export", id.ToString(), "--out", file, "--json");

        Assert.Equal((0, ""), (exported.ExitCode, exported.Error));
        Assert.Equal(body, await File.ReadAllBytesAsync(file, Stop));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal((Hash(body), body.Length), ((string?)JsonNode.Parse(exported.Output)!["sha256"], (int)JsonNode.Parse(exported.Output)!["bytes"]!));
        foreach (var failing in new[] { (id, file), (Guid.NewGuid(), _folder.File("other.json")), (id, _folder.File("none", "x.json")) })
        {
            var again = await bench.QueuesAsync("export", failing.Item1.ToString(), "--out", failing.Item2);
            Assert.Equal((1, ""), (again.ExitCode, again.Output));
            Assert.Single(again.Error.TrimEnd().Split('\n'));
        }

        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.Contains($"export Event/{id}", await AuditAsync(bench));

        var nowhere = await bench.QueuesAsync("export", id.ToString(), "--out", Path.Combine(_folder.Path, "none", "x"));
        Assert.Equal((1, ""), (nowhere.ExitCode, nowhere.Output));
        Assert.Contains("does not exist: create it", Assert.Single(nowhere.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        await bench.DepthAsync(BrokerNames.Dead, 1);
    }

    [Fact]
    public async Task What_is_dealt_with_is_discarded_with_its_reason_and_what_the_ledger_lacks_stays()
    {
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit);
        var whole = await bench.Events.PublishAsync(Repository.ReadSample(0), stat: true);
        await bench.GiveUpAsync(BrokerNames.StatQueue);
        Guid[] notices = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        foreach (var notice in notices)
        {
            await bench.PublishDeadAsync($$"""{"eventId":"{{notice}}","code":"event-id-missing","bodySha256":"{{new string('0', 64)}}","bodyBytes":7,"receivedAt":"2026-04-01T00:00:00Z"}""");
        }

        await bench.DepthAsync(BrokerNames.Dead, 4);
        Assert.Equal(2, (await bench.QueuesAsync("discard", notices[0].ToString())).ExitCode);
        Assert.Equal(2, (await bench.QueuesAsync("discard", "--all-notices", "--why", "turned \u202E round")).ExitCode);
        var one = await bench.QueuesAsync("discard", notices[0].ToString(), "--why", "sender mended it", "--json");
        Assert.Equal((0, ""), (one.ExitCode, one.Error));
        Assert.Equal(notices[0].ToString(), (string?)JsonNode.Parse(one.Output)!["eventId"]);
        await bench.DepthAsync(BrokerNames.Dead, 3);

        var refused = await bench.QueuesAsync("discard", whole.ToString(), "--why", "not wanted");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("ecg queues requeue", Assert.Single(refused.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);

        Assert.Equal(0, (await bench.QueuesAsync("discard", "--all-notices", "--why", "all mended")).ExitCode);
        await bench.DepthAsync(BrokerNames.Dead, 1);
        var zeros = new string('0', 64);
        Assert.Equal(
            [
                $"discard Event/{notices[0]} event-id-missing sha256: {zeros} why: sender mended it",
                $"discard Event/{notices[1]} event-id-missing sha256: {zeros} why: all mended",
                $"discard Event/{notices[2]} event-id-missing sha256: {zeros} why: all mended",
            ],
            await AuditAsync(bench));

        // Once the ledger has the event's outcome, its dead letter is one more copy.
        Assert.Equal(0, (await bench.QueuesAsync("requeue", whole.ToString())).ExitCode);
        await using (await HostedWorker.StartAsync(bench.Database, bench.Broker))
        {
            await bench.Events.OutcomeAsync(whole);
        }

        var second = await bench.Events.PublishAsync(Repository.ReadSample(0), stat: true, eventId: whole);
        await bench.GiveUpAsync(BrokerNames.StatQueue);
        await bench.DepthAsync(BrokerNames.Dead, 1);
        Assert.Equal(0, (await bench.QueuesAsync("discard", second.ToString(), "--why", "read already")).ExitCode);
        await bench.DepthAsync(BrokerNames.Dead, 0);
    }

    private static async Task<List<string>> AuditAsync(DeadLetterBench bench)
    {
        await using var database = NpgsqlDataSource.Create(bench.Database.ConnectionString);
        await using var command = database.CreateCommand("SELECT action || ' ' || resource FROM audit ORDER BY sequence");
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var trail = new List<string>();
        while (await reader.ReadAsync(Stop))
        {
            trail.Add(reader.GetString(0));
        }

        return trail;
    }

    private static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
