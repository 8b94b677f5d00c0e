using EcgIntegration.TestKit;
using EcgIntegration.TestKit.Load;
using EcgIntegration.Worker.Tests.Support;
using Npgsql;

namespace EcgIntegration.Worker.Tests.EndToEnd.Chaos;

/// <summary>
/// Two workers, PostgreSQL and RabbitMQ are killed at random under load, with SIGKILL, at times two at once. In the end
/// every event has one outcome, and nothing is left over. ECG_CHAOS_ECGS, _KILLS and _SEED make another run of it.
/// </summary>
[Collection(Alone.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyDictionary<string, string> Settings = new Dictionary<string, string>
    {
        // What a kill left lying is taken up sooner than in a hospital, and so beside work that still goes on.
        ["ECG_Intake__TakeUpAfter"] = "00:00:10",

        // An ECG takes a tenth of a second, so that several are in work whenever something is killed.
        ["ECG_Model__MaxDelay"] = "00:00:00.1",
    };

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_or_doubled_though_everything_is_killed()
    {
        var options = ChaosOptions.FromEnvironment();
        output.WriteLine($"{options}");
        var start = TimeProvider.System.GetTimestamp();
        var random = new Random(options.Seed);
        var load = new ChaosLoad(random, options.Ecgs);
        await using var stage = await ChaosStage.StartAsync(Settings);
        await using var outcomes = await OutcomeLog.StartAsync(stage.Broker.AmqpUri);
        await stage.SettleAsync();
        await using var publisher = new RetryingPublisher(stage.Broker.AmqpUri, TimeSpan.FromSeconds(20));

        var killed = await PublishAndKillAsync(stage, publisher, load, random, options.Kills);
        await Eventually.TrueAsync("every event has an outcome", () => outcomes.Events >= load.Events.Count, options.Limit);
        await Eventually.TrueAsync(
            "every outcome is noted as published", async () => await LedgerProof.CountDoneAsync(stage.Database) >= load.Events.Count, options.Limit);
        await Eventually.TrueAsync("the queues are empty", async () =>
            (await stage.Broker.ListQueuesAsync(TestEnd)).All(queue => queue.Messages == 0 || queue.Name == "ecg.intake.dead"));

        var report = $"Seed {options.Seed}.";
        var ledger = await LedgerProof.ReadAsync(stage.Database, TestEnd);
        List<string> problems =
        [
            .. await LedgerProof.ViolationsAsync(stage.Database, TestEnd),
            .. OutcomeProblems(outcomes.Outcomes, ledger),
            .. EcgProblems(load, ledger),
            .. await WithdrawalProblemsAsync(stage.Database, load),
        ];
        output.WriteLine(
            $"{load.Messages.Count} messages, {load.Events.Count} events; killed {string.Join(", ", killed.CountBy(victim => victim).Select(pair => $"{pair.Value} x {pair.Key}"))}; "
            + $"{publisher.SentAgain} sent again, {outcomes.Heard - outcomes.Events} outcomes repeated, {ledger.Values.Count(line => line.Attempts > 1)} events taken up from the ledger; "
            + $"{string.Join(", ", ledger.Values.CountBy(line => line.Status).Select(pair => $"{pair.Value} {pair.Key}"))}; {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s.");
        Assert.True(problems.Count == 0, string.Join('\n', [report, .. problems]));
        Assert.True(load.Events.SetEquals(ledger.Keys), $"{report} The ledger has other events than were sent.");
        Assert.Equal(options.Kills, killed.Count);
        Assert.All(ledger.Values, line => Assert.NotEqual("failed", line.Status));
    }

    /// <summary>
    /// Publishes all, and kills at random points of it while the publishing goes on: so every kill hits under load, however
    /// fast the machine is.
    /// </summary>
    private async Task<List<Victim>> PublishAndKillAsync(ChaosStage stage, RetryingPublisher publisher, ChaosLoad load, Random random, int kills)
    {
        var kinds = Enumerable.Range(0, kills).Select(kill => (Victim)(kill % 3)).ToArray();
        random.Shuffle(kinds);
        var points = new Queue<int>(kinds.Select(_ => random.Next(1, load.Messages.Count)).Order());
        var killed = new List<Victim>();
        var killing = Task.CompletedTask;
        foreach (var (index, message) in load.Messages.Index())
        {
            while (points.TryPeek(out var point) && point <= index)
            {
                // What was killed is back before the next is killed, but one kill in four takes another kind with it.
                await killing;
                var next = killed.Count;
                var two = next + 1 < kinds.Length && kinds[next + 1] != kinds[next] && random.Next(4) == 0;
                Victim[] victims = two ? [kinds[next], kinds[next + 1]] : [kinds[next]];
                var which = random.Next(ChaosStage.Workers);
                output.WriteLine($"{publisher.Confirmed} messages: SIGKILL to {string.Join(" and ", victims)}");
                killing = Task.WhenAll(victims.Select(victim => stage.KillAsync(victim, which)));
                foreach (var victim in victims)
                {
                    points.Dequeue();
                    killed.Add(victim);
                }
            }

            await publisher.PublishAsync(message, TestEnd);
        }

        await killing;
        return killed;
    }

    private static IEnumerable<string> OutcomeProblems(IReadOnlyList<EventClient.Outcome> outcomes, IReadOnlyDictionary<Guid, LedgerLine> ledger)
    {
        foreach (var heard in outcomes.GroupBy(outcome => outcome.EventId))
        {
            var different = heard.Select(outcome => (outcome.Status, outcome.StudyId, outcome.Observation, outcome.Report)).Distinct().ToList();
            if (different.Count > 1)
            {
                yield return $"Event {heard.Key} has {different.Count} different outcomes: {string.Join(" / ", different)}.";
            }

            if (!ledger.TryGetValue(heard.Key, out var line) || line.Status != different[0].Status || line.StudyId != different[0].StudyId)
            {
                yield return $"Event {heard.Key} was answered with {different[0]}, and the ledger says {line}.";
            }
        }
    }

    private static IEnumerable<string> EcgProblems(ChaosLoad load, IReadOnlyDictionary<Guid, LedgerLine> ledger)
    {
        var studies = new HashSet<Guid?>();
        foreach (var events in load.Plain)
        {
            var lines = events.Select(id => ledger.GetValueOrDefault(id)).ToList();
            if (lines.Any(line => line is not { StudyId: not null, IsCurrent: true } || line.StudyId != lines[0]!.StudyId) || !studies.Add(lines[0]!.StudyId))
            {
                yield return $"The ECG of event {events[0]} does not have one study of its own: {string.Join(" / ", lines)}.";
            }
        }

        foreach (var (first, current) in load.Corrected)
        {
            if (ledger.GetValueOrDefault(current) is not { IsCurrent: true } || ledger.GetValueOrDefault(first) is not { IsCurrent: false })
            {
                yield return $"The corrected ECG of event {first} shows {ledger.GetValueOrDefault(first)} and not {ledger.GetValueOrDefault(current)}.";
            }
        }

        foreach (var invalid in load.Invalid.Where(id => ledger.GetValueOrDefault(id)?.Status != "rejected"))
        {
            yield return $"The invalid event {invalid} was not rejected.";
        }
    }

    private static async Task<IEnumerable<string>> WithdrawalProblemsAsync(string database, ChaosLoad load)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            """
            SELECT DISTINCT s.observation_id FROM study s JOIN resource r ON r.type = 'DiagnosticReport' AND r.id = s.report_id
            WHERE s.observation_id = ANY($1) AND r.status <> 'entered-in-error'
            UNION
            SELECT ecg FROM unnest($1) AS withdrawn(ecg)
            WHERE NOT EXISTS (SELECT 1 FROM resource o WHERE o.type = 'Observation' AND o.id = ecg AND o.status = 'entered-in-error')
            """);
        command.Parameters.AddWithValue(load.Withdrawn.ToArray());
        var found = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(TestEnd);
        while (await reader.ReadAsync(TestEnd))
        {
            found.Add($"The withdrawn ECG {reader.GetString(0)} still has a result, or is not withdrawn.");
        }

        return found;
    }
}
