using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary>What a replay does to stored ECGs, on real servers.</summary>
public sealed class ReplayRunTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_ecgs_get_their_result_once_the_fault_is_mended_and_the_first_outcome_stands()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        IReadOnlyList<EventClient.Outcome> failed;
        await using (await bench.StartWorkerAsync(
            services => FaultingModels.Install(services, int.MaxValue, TimeProvider.System), ("Intake:MaxAttempts", "1")))
        {
            failed = await bench.ReadAsync(4);
            Assert.All(failed, outcome => Assert.Equal("failed", outcome.Status));
        }

        await using var worker = await bench.StartWorkerAsync();
        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Status = StudyStatus.Failed }));

        Assert.Equal((ReplayState.Completed, 4, 4, 4), (job.State, job.Counts.Total, job.Counts.Changed, job.Counts.Written));
        foreach (var line in await ReplayBench.LinesAsync(worker, job))
        {
            var outcome = await bench.Events.OutcomeAsync(line.EventId);
            var first = failed.Single(o => o.EventId == line.SourceEventId);
            Assert.Equal((first.StudyId, first.Observation), (outcome.StudyId, outcome.Observation));
            Assert.Equal((StudyStatus.Failed, ReplayBench.Name(line.Finding!.After!.Status)), (line.Finding.Before!.Status, outcome.Status));
            Assert.Equal("preliminary", (await Json(worker, $"/fhir/{outcome.Report}")).GetProperty("status").GetString());
            Assert.Equal("failed", (await Json(worker, $"/events/{first.EventId}")).GetProperty("status").GetString());
        }

        var again = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Status = StudyStatus.Failed }));
        Assert.Equal(0, again.Counts.Total);
    }

    [Fact]
    public async Task A_failed_ecg_that_another_model_has_read_is_superseded_and_shows_where_its_result_is()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        EventClient.Outcome failed;
        await using (await bench.StartWorkerAsync(
            services => FaultingModels.Install(services, int.MaxValue, TimeProvider.System), ("Intake:MaxAttempts", "1")))
        {
            failed = (await bench.ReadAsync(1))[0];
        }

        await using var worker = await bench.StartWorkerAsync();
        await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Status = StudyStatus.Failed }, model: bench.OtherModel));

        var current = await bench.ScalarAsync<Guid>("SELECT id FROM study WHERE is_current");
        Assert.Equal(current, await bench.ScalarAsync<Guid>("SELECT superseded_by FROM study WHERE status = 'failed'"));
        var state = await Json(worker, $"/events/{failed.EventId}");
        Assert.Equal(("failed", current), (state.GetProperty("status").GetString(), state.GetProperty("supersededBy").GetGuid()));
        Assert.Equal("preliminary", (await Json(worker, $"/fhir/{state.GetProperty("report").GetString()}")).GetProperty("status").GetString());
        var page = await worker.Http.GetStringAsync(new Uri($"/studies/{failed.StudyId}", UriKind.Relative), Stop);
        Assert.Contains($"/studies/{current}", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correction_that_a_clock_ahead_had_kept_out_is_taken_in_and_one_that_is_older_is_not()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        var first = await ReadVersionAsync(3, "2026-04-01T10:00:00+09:00");
        var refused = await ReadVersionAsync(0, "2026-04-01T09:00:00+09:00");
        Assert.Equal("observation-outdated", Assert.Single(refused.ReasonCodes));

        var same = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Reason = "observation-outdated" }));
        Assert.Equal((1, 1, 0), (same.Counts.Total, same.Counts.Unchanged, same.Counts.Written));

        // As it was before future times were bounded: the first one's sender was ahead, and the second was refused for it.
        await bench.ScalarAsync<long>(
            $"""
            WITH changed AS (
              UPDATE intake_event SET occurred_at = '2099-01-01', received_at = '2026-03-31T20:00:00Z' WHERE event_id = '{first.EventId}' RETURNING 1)
            SELECT count(*) FROM changed
            """);
        var healed = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Reason = "observation-outdated" }));

        Assert.Equal((1, 1), (healed.Counts.Changed, healed.Counts.Written));
        Assert.Equal("2", (await Json(worker, $"/fhir/{first.Report}")).GetProperty("meta").GetProperty("versionId").GetString());

        async Task<EventClient.Outcome> ReadVersionAsync(int sample, string occurredAt) =>
            await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ReplayBench.Ecg("ahead", sample), occurredAt: occurredAt));
    }

    [Fact]
    public async Task The_same_model_with_the_same_result_writes_nothing_however_often()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(6);
        await UntilPublishedAsync(bench);
        var before = await bench.StateAsync();

        for (var round = 0; round < 2; round++)
        {
            var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker));
            Assert.Equal(new ReplayCounts(6, 0, 0, 6, 0, 0, 0, 0, 0, 0), job.Counts);
        }

        Assert.Equal(before, await bench.StateAsync());
    }

    [Fact]
    public async Task A_dry_run_with_another_model_shows_what_would_change_and_writes_nothing()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(8);
        await UntilPublishedAsync(bench);
        var before = await bench.StateAsync();

        var dry = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel, dryRun: true));
        var foretold = await ReplayBench.LinesAsync(worker, dry);

        Assert.Equal(before, await bench.StateAsync());
        Assert.Equal((8, 0), (dry.Counts.Done, dry.Counts.Written));
        Assert.True(dry.Counts.Changed > 0, "The other model knows other labels.");

        // The run does what the dry run said.
        var run = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel));
        Assert.Equal(8, run.Counts.Written);
        Assert.Equal(
            foretold.OrderBy(line => line.Ordinal).Select(Essence), (await ReplayBench.LinesAsync(worker, run)).OrderBy(line => line.Ordinal).Select(Essence));

        static string Essence(ReplayLine line) => JsonSerializer.Serialize(
            new { line.Ordinal, line.Observation, line.Finding!.Result, line.Finding.Before, line.Finding.After });
    }

    [Fact]
    public async Task Another_model_s_result_is_the_next_version_superseding_the_one_before_and_back_again()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        var first = (await bench.ReadAsync(1))[0];
        var shipped = (await worker.Services.GetRequiredService<IStudyLedger>().FindAsync(first.EventId, Stop))!.ModelSha256;

        var studies = new List<Guid?> { first.StudyId };
        foreach (var model in new[] { bench.OtherModel, shipped, bench.OtherModel })
        {
            var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: model));
            var line = Assert.Single(await ReplayBench.LinesAsync(worker, job));
            var outcome = await bench.Events.OutcomeAsync(line.EventId);
            Assert.Equal((first.Report, first.Observation), (outcome.Report, outcome.Observation));
            Assert.Equal(model, JsonDocument.Parse(outcome.Body).RootElement.GetProperty("modelSha256").GetString());
            studies.Add(outcome.StudyId);
        }

        Assert.Equal(4, studies.Distinct().Count());
        var report = await Json(worker, $"/fhir/{first.Report}");
        Assert.Equal("4", report.GetProperty("meta").GetProperty("versionId").GetString());
        for (var version = 1; version <= 3; version++)
        {
            Assert.Equal(
                studies[version - 1].ToString(),
                (await Json(worker, $"/fhir/{first.Report}/_history/{version}")).GetProperty("identifier")[0].GetProperty("value").GetString());
        }

        var superseded = await worker.Services.GetRequiredService<IStudyLedger>().FindByStudyAsync(first.StudyId!.Value, Stop);
        Assert.Equal(studies[1], superseded!.SupersededBy);
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM study WHERE is_current"));
    }

    [Fact]
    public async Task A_stat_event_after_a_replay_with_another_model_reaches_the_current_result()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(1);
        await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel));

        var stat = await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ReplayBench.Ecg("e0", 0), stat: true));

        Assert.Equal($"{stat.StudyId} stat", await bench.ScalarAsync<string>("SELECT id || ' ' || priority FROM study WHERE is_current"));
        Assert.Contains(
            await bench.ScalarAsync<string>("SELECT content->>'priority' FROM resource WHERE type = 'Task'"), new[] { "asap", "stat" });
    }

    [Fact]
    public async Task A_result_left_withdrawn_though_its_ecg_is_valid_again_is_mended_by_a_replay_with_the_same_model()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        var first = (await bench.ReadAsync(1))[0];
        await bench.ScalarAsync<long>("WITH changed AS (UPDATE study SET withdrawn_at = now() RETURNING 1) SELECT count(*) FROM changed");

        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker));

        var line = Assert.Single(await ReplayBench.LinesAsync(worker, job));
        Assert.Equal((ReplayResult.Changed, true), (line.Finding!.Result, line.Finding.Written));
        Assert.Equal(["observation-withdrawn"], line.Finding.Before!.Codes);
        Assert.Equal(
            "true", await bench.ScalarAsync<string>($"SELECT (withdrawn_at IS NULL AND id <> '{first.StudyId}')::text FROM study WHERE is_current"));
    }

    [Fact]
    public async Task The_same_model_with_another_result_makes_the_next_run_of_the_study_once()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        var first = (await bench.ReadAsync(1))[0];

        // As if the software of that day had seen something else.
        await bench.ScalarAsync<long>(
            """WITH changed AS (UPDATE study SET urgency = 'routine', suggestions = '[{"code": "SR"}]' RETURNING 1) SELECT count(*) FROM changed""");
        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker));
        var line = Assert.Single(await ReplayBench.LinesAsync(worker, job));
        var outcome = await bench.Events.OutcomeAsync(line.EventId);

        Assert.Equal((ReplayResult.Changed, true), (line.Finding!.Result, line.Finding.Written));
        Assert.Equal(["SR"], line.Finding.Before!.Codes);
        Assert.NotEqual(first.StudyId, outcome.StudyId);
        Assert.Equal(first.Report, outcome.Report);
        Assert.Equal("0,1", await bench.ScalarAsync<string>("SELECT string_agg(run::text, ',' ORDER BY run) FROM study"));
        var again = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker));
        Assert.Equal((1, 0), (again.Counts.Unchanged, again.Counts.Written));
    }

    [Fact]
    public async Task A_fault_on_the_way_is_retried_by_the_ledger_alone_and_the_replay_waits_for_it()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using (await bench.StartWorkerAsync())
        {
            await bench.ReadAsync(2);
        }

        await using var worker = await bench.StartWorkerAsync(services => FaultingModels.Install(services, 3, TimeProvider.System));
        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel));

        Assert.Equal((2, 2, 0), (job.Counts.Done, job.Counts.Written, job.Counts.Failed));
        Assert.Equal(2L, await bench.ScalarAsync<long>("SELECT count(*) FROM intake_event WHERE source_system = 'replay'"));
        Assert.Equal(5, ((FaultingModels)worker.Services.GetRequiredService<EcgIntegration.Worker.Classification.IModelPool>()).Calls.Count);
    }

    [Fact]
    public async Task A_signed_report_is_accompanied_and_a_corrected_ecg_is_read_in_its_current_version_only()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        var signed = (await bench.ReadAsync(1, "signed"))[0];
        await Signing.SignAsync(worker.Http, signed.Report!);
        await bench.ReadAsync(1, "corrected");
        var corrected = await bench.Events.OutcomeAsync(
            await bench.Events.PublishAsync(ReplayBench.Ecg("corrected0", 5), occurredAt: "2026-04-02T09:30:00+09:00"));

        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel));
        var lines = await ReplayBench.LinesAsync(worker, job);

        Assert.Equal(2, lines.Count);
        var beside = await bench.Events.OutcomeAsync(lines.Single(line => line.Observation == signed.Observation).EventId);
        Assert.NotEqual(signed.Report, beside.Report);
        Assert.Equal("final", (await Json(worker, $"/fhir/{signed.Report}")).GetProperty("status").GetString());
        Assert.Contains(
            "確定報告書を置き換えません", (await Json(worker, $"/fhir/{beside.Report}")).GetProperty("conclusion").GetString(), StringComparison.Ordinal);
        var newest = await bench.Events.OutcomeAsync(lines.Single(line => line.Observation == corrected.Observation).EventId);
        Assert.Equal(
            2, (await worker.Services.GetRequiredService<IStudyLedger>().FindAsync(newest.EventId, Stop))!.ObservationVersion);
    }

    [Fact]
    public async Task A_refused_body_is_read_again_and_what_was_not_kept_is_listed()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        var early = Guid.NewGuid();
        await using (var worker = await bench.StartWorkerAsync())
        {
            await bench.Events.PublishRawAsync(System.Text.Encoding.UTF8.GetBytes(
                $$"""{"eventId": "{{early}}", "sourceSystem": "foreign", "priority": "routine", "reference": "Observation/late0"}"""));
            Assert.Equal(["reference-unknown"], (await bench.Events.OutcomeAsync(early)).ReasonCodes);
            await bench.Events.PublishRawAsync("no event at all"u8.ToArray());
            await bench.Events.OutcomeAsync(outcome => outcome.ReasonCodes.Contains("body-not-json"));
        }

        await using (var worker = await bench.StartWorkerAsync(null, ("Postgres:RejectedBodyLimit", "8")))
        {
            await bench.Events.PublishRawAsync("too long to be kept"u8.ToArray());
            await Eventually.TrueAsync("three refused", async () => await bench.ScalarAsync<long>("SELECT count(*) FROM rejected_input") == 3);
            var stored = (await bench.ReadAsync(1, "late"))[0];

            var dry = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Status = StudyStatus.Rejected }, dryRun: true));
            Assert.Equal((3, 1, 1, 1, 0), (dry.Counts.Total, dry.Counts.Changed, dry.Counts.Unchanged, dry.Counts.NotReplayable, dry.Counts.Written));
            var run = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Status = StudyStatus.Rejected }));
            Assert.Equal((3, 1, 1, 1, 1), (run.Counts.Total, run.Counts.Changed, run.Counts.Unchanged, run.Counts.NotReplayable, run.Counts.Written));

            var lines = await ReplayBench.LinesAsync(worker, run);
            Assert.Equal("input-not-kept", lines.Single(line => line.Finding!.Result == ReplayResult.NotReplayable).Finding!.Reason!.Code);
            var mended = lines.Single(line => line.Finding!.Result == ReplayResult.Changed);
            Assert.Equal(early, mended.SourceEventId);
            var outcome = await bench.Events.OutcomeAsync(mended.EventId);
            Assert.Equal(stored.StudyId, outcome.StudyId);
            Assert.Equal("rejected", (await Json(worker, $"/events/{early}")).GetProperty("status").GetString());

            // Mended once, it is not selected again.
            var again = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Status = StudyStatus.Rejected }));
            Assert.Equal(2, again.Counts.Total);
        }
    }

    [Fact]
    public async Task An_ecg_entered_in_error_is_not_replayed()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(1, "error");
        var withdrawn = System.Text.Json.Nodes.JsonNode.Parse(ReplayBench.Ecg("error0", 0))!.AsObject();
        withdrawn["status"] = "entered-in-error";
        await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(
            System.Text.Encoding.UTF8.GetBytes(withdrawn.ToJsonString()), occurredAt: "2026-04-02T09:30:00+09:00"));
        var before = await bench.StateAsync();

        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel));

        Assert.Equal((1, 1, 0), (job.Counts.Total, job.Counts.NotReplayable, job.Counts.Written));
        Assert.Equal("observation-withdrawn", Assert.Single(await ReplayBench.LinesAsync(worker, job)).Finding!.Reason!.Code);
        var asked = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, new() { Reason = "observation-withdrawn" }));
        Assert.Equal((1, 1), (asked.Counts.Total, asked.Counts.NotReplayable));
        Assert.Equal("observation-withdrawn", Assert.Single(await ReplayBench.LinesAsync(worker, asked)).Finding!.Reason!.Code);
        Assert.Equal(before, await bench.StateAsync());
    }

    [Fact]
    public async Task A_model_that_is_not_here_fails_its_ecgs_at_once_and_writes_nothing()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(2);
        await UntilPublishedAsync(bench);
        var before = await bench.StateAsync();

        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: new string('a', 64)));

        Assert.Equal((2, 2), (job.Counts.Total, job.Counts.Failed));
        Assert.All(await ReplayBench.LinesAsync(worker, job), line => Assert.Equal("model-unavailable", line.Finding!.Reason!.Code));
        Assert.Equal(before, await bench.StateAsync());
    }

    private static Task UntilPublishedAsync(ReplayBench bench) => Eventually.TrueAsync(
        "all published", async () => await bench.ScalarAsync<long>("SELECT count(*) FROM intake_event WHERE published_at IS NULL") == 0);

    private static async Task<JsonElement> Json(HostedWorker worker, string path)
    {
        using var document = JsonDocument.Parse(await worker.Http.GetStringAsync(new Uri(path, UriKind.Relative), Stop));
        return document.RootElement.Clone();
    }
}
