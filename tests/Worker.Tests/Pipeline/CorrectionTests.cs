using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Support.Corrections;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>What becomes of an ECG's result when the ECG changes, is taken back, or comes again.</summary>
public sealed class CorrectionTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    [Fact]
    public async Task A_corrected_ecg_gets_the_next_version_of_its_report_and_the_one_before_stays()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c1", signalOf: 0)));
        var second = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c1", signalOf: 3), occurredAt: Later));

        Assert.NotEqual(first.StudyId, second.StudyId);
        Assert.Equal((first.Report, first.Observation), (second.Report, second.Observation));
        var report = await worker.JsonAsync($"/fhir/{second.Report}");
        Assert.Equal("2", Version(report));
        Assert.Equal("preliminary", report.GetProperty("status").GetString());
        Assert.Contains("以前のAI解析結果（第1版）を置き換えました", report.GetProperty("conclusion").GetString(), StringComparison.Ordinal);
        Assert.Equal(first.StudyId, StudyOf(await worker.JsonAsync($"/fhir/{first.Report}/_history/1")));
        Assert.Equal(second.StudyId, StudyOf(report));
        Assert.Single(await EntriesAsync(worker, "DiagnosticReport"));
        Assert.Single(await EntriesAsync(worker, "Task"));

        // Every finding that is not in the report any more is withdrawn; those in it are not.
        var current = report.TryGetProperty("result", out var results)
            ? results.EnumerateArray().Select(r => r.GetProperty("reference").GetString()).ToHashSet()
            : [];
        var findings = (await EntriesAsync(worker, "Observation")).Where(o => o.GetProperty("id").GetString() != "c1").ToList();
        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal(
            current.Contains($"Observation/{finding.GetProperty("id").GetString()}") ? "preliminary" : "cancelled",
            finding.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task A_late_copy_of_the_version_before_changes_nothing_and_an_older_one_is_refused()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c2", signalOf: 0)));
        var second = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c2", signalOf: 3), occurredAt: Later));

        var copy = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c2", signalOf: 0)));
        var older = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c2", signalOf: 5), occurredAt: Before));

        Assert.Equal((first.StudyId, first.Status), (copy.StudyId, copy.Status));
        Assert.Equal("rejected", older.Status);
        Assert.Equal(["observation-outdated"], older.ReasonCodes);
        Assert.Equal("2", Version(await worker.JsonAsync("/fhir/Observation/c2")));
        Assert.Equal(second.StudyId, StudyOf(await worker.JsonAsync($"/fhir/{second.Report}")));
    }

    [Fact]
    public async Task A_report_follows_its_ecg_to_another_encounter_and_a_signed_one_stays()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c9", signalOf: 0)));
        var moved = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(AtEncounter("c9", "Encounter/e2"), occurredAt: Later));
        var again = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(AtEncounter("c9", "Encounter/e2"), occurredAt: Latest));

        Assert.Equal(first.Report, moved.Report);
        Assert.Equal(moved.StudyId, again.StudyId);
        var report = await worker.JsonAsync($"/fhir/{first.Report}");
        Assert.Equal(("2", "Encounter/e2"), (Version(report), report.GetProperty("encounter").GetProperty("reference").GetString()));
        Assert.All(await EntriesAsync(worker, "Task"), task => Assert.Equal("Encounter/e2", task.GetProperty("encounter").GetProperty("reference").GetString()));

        await Signing.SignAsync(worker.Http, first.Report!);
        await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(AtEncounter("c9", "Encounter/e3"), occurredAt: "2026-04-01T12:00:00+09:00"));
        Assert.Equal("3", Version(await worker.JsonAsync($"/fhir/{first.Report}")));
        Assert.Single(await EntriesAsync(worker, "DiagnosticReport"));
    }

    [Fact]
    public async Task An_ecg_entered_in_error_takes_its_results_with_it_and_can_come_back()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c3", signalOf: UrgentSample)));
        Assert.Contains(first.StudyId!.Value.ToString(), await UrgentPartAsync(worker), StringComparison.Ordinal);
        var withdrawn = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(EnteredInError("c3"), occurredAt: Later));

        Assert.Equal(("rejected", "Observation/c3"), (withdrawn.Status, withdrawn.Observation));
        Assert.Equal(["observation-withdrawn"], withdrawn.ReasonCodes);
        Assert.Equal("entered-in-error", await StatusAsync(worker, "/fhir/Observation/c3"));
        Assert.Equal("entered-in-error", await StatusAsync(worker, $"/fhir/{first.Report}"));
        Assert.Equal("cancelled", Assert.Single(await EntriesAsync(worker, "Task")).GetProperty("status").GetString());
        Assert.All(
            (await EntriesAsync(worker, "Observation")), o => Assert.Equal("entered-in-error", o.GetProperty("status").GetString()));
        Assert.DoesNotContain(first.StudyId!.Value.ToString(), await UrgentPartAsync(worker), StringComparison.Ordinal);

        var again = await worker.Events.OutcomeAsync(
            await worker.Events.PublishAsync(Ecg("c3", signalOf: 2), occurredAt: Latest));
        Assert.Equal(first.Report, again.Report);
        Assert.Equal("preliminary", await StatusAsync(worker, $"/fhir/{again.Report}"));
        Assert.Equal("requested", Assert.Single(await EntriesAsync(worker, "Task")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_ecg_entered_in_error_before_it_came_is_not_classified_when_it_comes()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var withdrawn = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(EnteredInError("c4"), occurredAt: Later));
        var late = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c4", signalOf: 1), occurredAt: Before));

        Assert.Equal(["status-unusable"], withdrawn.ReasonCodes);
        Assert.Equal(["observation-outdated"], late.ReasonCodes);
        Assert.Empty(await EntriesAsync(worker, "DiagnosticReport"));
    }

    [Fact]
    public async Task An_event_id_used_for_another_ecg_is_refused_and_neither_ecg_gets_the_other_s_result()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var id = Guid.NewGuid();
        var ecgs = new Dictionary<string, byte[]>
        {
            ["Patient/corrected"] = Ecg("c5", signalOf: 0),
            ["Patient/other"] = Ecg("c6", signalOf: 4, patient: "Patient/other"),
        };
        await Task.WhenAll(ecgs.Values.Select(sent => worker.Events.PublishAsync(sent, eventId: id)));
        var answered = await worker.Events.OutcomeAsync(id);
        var refused = await worker.Events.OutcomeAsync(o => o.ReasonCodes.Contains("event-id-reused"));

        Assert.NotEqual(id, refused.EventId);
        Assert.Null(refused.Report);
        var report = await worker.JsonAsync($"/fhir/{answered.Report}");
        var ecg = await worker.JsonAsync($"/fhir/{answered.Observation}");
        Assert.Equal(SubjectOf(ecg), SubjectOf(report));

        // Either may have come first. Final or not, the other one is refused; sent under an id of its own it is analysed.
        var (patient, other) = ecgs.Single(sent => sent.Key != SubjectOf(report));
        await worker.Events.PublishAsync(other, eventId: id, stat: true);
        var own = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(other));
        Assert.Equal(patient, SubjectOf(await worker.JsonAsync($"/fhir/{own.Report}")));
        Assert.Equal(answered.StudyId, (await worker.JsonAsync($"/events/{id}")).GetProperty("studyId").GetGuid());
        await Eventually.TrueAsync("both refusals on the dead-letter queue", async () => await worker.Events.DepthAsync("ecg.intake.dead") >= 2);
    }

    [Fact]
    public async Task A_stat_event_raises_the_result_of_an_ecg_read_as_routine()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var unanalysable = Ecg("c7", signalOf: FlatSample);
        var routine = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(unanalysable));
        Assert.Equal(("unanalysable", "review"), (routine.Status, routine.Urgency));
        Assert.Equal("urgent", Priority(await EntriesAsync(worker, "Task")));

        var stat = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(unanalysable, stat: true));

        Assert.Equal((routine.StudyId, routine.Report, "unanalysable", "urgent"), (stat.StudyId, stat.Report, stat.Status, stat.Urgency));
        Assert.Equal("asap", Priority(await EntriesAsync(worker, "Task")));
        Assert.Contains("緊急度: 緊急", (await worker.JsonAsync($"/fhir/{stat.Report}")).GetProperty("conclusion").GetString(), StringComparison.Ordinal);

        // Once raised it stays as it is.
        var again = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(unanalysable, stat: true));
        Assert.Equal(stat.StudyId, again.StudyId);
        Assert.Equal("2", Version(await worker.JsonAsync($"/fhir/{stat.Report}")));

        static string? Priority(IReadOnlyList<JsonElement> tasks) => Assert.Single(tasks).GetProperty("priority").GetString();
    }

    [Fact]
    public async Task A_sender_whose_clock_is_far_ahead_locks_its_ecg_neither_against_corrections_nor_against_withdrawal()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var wrong = await worker.Events.OutcomeAsync(
            await worker.Events.PublishAsync(Ecg("c20", signalOf: 3), occurredAt: "2099-01-01T00:00:00+09:00"));

        var corrected = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c20", UrgentSample), occurredAt: Now()));
        Assert.Equal((wrong.Report, "urgent"), (corrected.Report, corrected.Urgency));
        Assert.Equal("2", Version(await worker.JsonAsync($"/fhir/{wrong.Report}")));
        var withdrawn = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(EnteredInError("c20"), occurredAt: Now()));
        Assert.Equal("observation-withdrawn", Assert.Single(withdrawn.ReasonCodes));
        Assert.Equal("entered-in-error", await StatusAsync(worker, $"/fhir/{wrong.Report}"));

        static string Now() => TimeProvider.System.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_signed_report_is_accompanied_and_never_replaced()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c8", signalOf: 0)));
        await Signing.SignAsync(worker.Http, first.Report!);

        var second = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("c8", signalOf: 3), occurredAt: Later));
        var third = await worker.Events.OutcomeAsync(
            await worker.Events.PublishAsync(Ecg("c8", signalOf: 5), occurredAt: Latest));

        Assert.NotEqual(first.Report, second.Report);
        Assert.Equal(second.Report, third.Report);
        var signed = await worker.JsonAsync($"/fhir/{first.Report}");
        Assert.Equal(("final", "2"), (signed.GetProperty("status").GetString(), Version(signed)));
        var beside = await worker.JsonAsync($"/fhir/{third.Report}");
        Assert.Equal(("preliminary", "2"), (beside.GetProperty("status").GetString(), Version(beside)));
        var accompanying = await worker.JsonAsync($"/fhir/{second.Report}/_history/1");
        Assert.Contains("確定報告書を置き換えません", accompanying.GetProperty("conclusion").GetString(), StringComparison.Ordinal);
    }

    private static byte[] AtEncounter(string id, string encounter)
    {
        var ecg = JsonNode.Parse(Ecg(id, signalOf: 0))!;
        ecg["encounter"] = new JsonObject { ["reference"] = encounter, ["display"] = "外来" };
        return JsonSerializer.SerializeToUtf8Bytes(ecg);
    }
}
