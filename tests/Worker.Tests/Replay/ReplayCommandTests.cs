using System.Text.Json;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands.Operations.Replay;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary><c>ecg replay</c> as an operator uses it.</summary>
public sealed class ReplayCommandTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    [Fact]
    public async Task An_operator_previews_tries_runs_and_looks_at_a_replay()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(12);

        var preview = await bench.EcgAsync("preview", "--patient", "Patient/replayed", "--from", "2d", "--json");
        Assert.Equal((0, ""), (preview.ExitCode, preview.Error));
        var counted = Lines(preview).Single();
        Assert.Equal((12, 10), (counted.GetProperty("count").GetInt32(), counted.GetProperty("first").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, counted.GetProperty("estimatedSeconds").ValueKind);

        var dry = await bench.EcgAsync("dry-run", "--all", "--model", bench.OtherModel[..10], "--why", "try the other model");
        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains("12/12", dry.Output, StringComparison.Ordinal);
        Assert.Contains("Observation/e0", dry.Output, StringComparison.Ordinal);

        var run = await bench.EcgAsync("run", "--all", "--model", "test-encoder", "--why", "go", "--key", "night-1", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        var job = Lines(run)[^1];
        Assert.Equal((12, 12), (job.GetProperty("counts").GetProperty("total").GetInt32(), job.GetProperty("counts").GetProperty("written").GetInt32()));
        Assert.Equal(job.GetProperty("counts").GetProperty("changed").GetInt32(), Lines(run).Count - 1);

        var twice = await bench.EcgAsync("run", "--all", "--model", "test-encoder", "--why", "go", "--key", "night-1", "--json", "--no-wait");
        Assert.Equal(job.GetProperty("id").GetGuid(), Lines(twice)[^1].GetProperty("id").GetGuid());
        var result = await bench.EcgAsync("result", "night-1", "--all", "--json");
        Assert.Equal(12, Lines(result).Count);
        var estimated = await bench.EcgAsync("preview", "--all", "--json");
        Assert.True(Lines(estimated).Single().GetProperty("estimatedSeconds").GetDouble() > 0);
        Assert.Contains($"key night-1  model {bench.OtherModel[..12]}", (await bench.EcgAsync("status", "night-1")).Output, StringComparison.Ordinal);
        Assert.Matches(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d JST", (await bench.EcgAsync("preview", "--all")).Output);
        var list = await bench.EcgAsync("list", "--lang", "ja");
        Assert.Contains("完了", list.Output, StringComparison.Ordinal);
        Assert.Equal(2L, await bench.ScalarAsync<long>("SELECT count(*) FROM audit WHERE action LIKE 'replay%' AND actor LIKE '%@shell'"));
    }

    [Fact]
    public async Task An_operator_pauses_resumes_and_cancels_and_wrong_usage_is_told()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using (await bench.StartWorkerAsync())
        {
            await bench.ReadAsync(2);
        }

        // No worker runs: the replay waits for one.
        var run = await bench.EcgAsync("run", "--status", "classified", "--why", "later", "--key", "later", "--no-wait");
        Assert.True(run.ExitCode == 0, run.Error);
        var status = (await bench.EcgAsync("status", "later")).Output;
        Assert.Contains("running", status, StringComparison.Ordinal);
        Assert.Matches(@"key later  model the active one  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d JST", status);
        Assert.Contains("paused", (await bench.EcgAsync("pause", "later")).Output, StringComparison.Ordinal);
        Assert.Contains("running", (await bench.EcgAsync("resume", "later")).Output, StringComparison.Ordinal);
        Assert.Contains("cancelled", (await bench.EcgAsync("cancel", "later")).Output, StringComparison.Ordinal);
        var late = await bench.EcgAsync("resume", "later");
        Assert.Equal((1, "The replay is finished and stays as it is: submit another one."), (late.ExitCode, late.Error.Trim()));

        Assert.Equal(1, (await bench.EcgAsync("status", "unknown")).ExitCode);
        Assert.Equal(2, (await bench.EcgAsync("run", "--all")).ExitCode);
        Assert.Equal(2, (await bench.EcgAsync("run", "--why", "x")).ExitCode);
        Assert.Equal(2, (await bench.EcgAsync("preview", "--status", "received")).ExitCode);
        Assert.Equal(2, (await bench.EcgAsync("run", "--all", "--why", "x", "--model", "nothing-like-it")).ExitCode);
        Assert.Equal(0, (await bench.EcgAsync("run", "--help")).ExitCode);
    }

    [Fact]
    public async Task The_documented_line_typed_twice_is_one_replay_and_another_rate_is_refused_by_name()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using (await bench.StartWorkerAsync())
        {
            await bench.ReadAsync(1);
        }

        string[] line = ["run", "--status", "classified", "--from", "2d", "--why", "database was full", "--per-minute", "600", "--key", "outage", "--no-wait"];
        Assert.Equal(0, (await bench.EcgAsync(line)).ExitCode);
        var again = await bench.EcgAsync(line);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("This key was submitted before", again.Error, StringComparison.Ordinal);
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job"));

        var other = await bench.EcgAsync([.. line.Select(word => word == "600" ? "60" : word)]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("(perMinute)", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_takes_ages_and_dates_of_Japan()
    {
        var now = new DateTimeOffset(2026, 4, 10, 12, 0, 0, TimeSpan.FromHours(9));

        Assert.Equal("2026-04-08T12:00:00+09:00", SelectionOptions.Moment("2d", now));
        Assert.Equal("2026-04-10T11:50:00+09:00", SelectionOptions.Moment("10m", now));
        Assert.Equal("2026-04-10T06:00:00+09:00", SelectionOptions.Moment("6h", now));
        Assert.Equal("2026-04-01T00:00:00+09:00", SelectionOptions.Moment("2026-04-01", now));
        Assert.Equal("2026-04-01T00:00:00+00:00", SelectionOptions.Moment("2026-04-01T00:00:00Z", now));
        Assert.All(["yesterday", "0d", "10", "04/01/2026"], text => Assert.Equal(text, SelectionOptions.Moment(text, now)));
    }

    [Fact]
    public async Task A_condition_that_no_ecg_can_meet_is_refused_in_one_sentence()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using (await bench.StartWorkerAsync())
        {
            await bench.ReadAsync(2);
        }

        // As the label of a model whose bundle is gone.
        var code = await bench.ScalarAsync<string>("WITH s AS (UPDATE study SET suggestions = '[{\"code\": \"GONE\"}]' RETURNING 1) SELECT 'GONE' FROM s LIMIT 1");
        var label = await bench.EcgAsync("preview", "--label", code, "--json");
        Assert.Equal((0, 2), (label.ExitCode, Lines(label).Single().GetProperty("count").GetInt32()));
        Assert.Equal(0, (await bench.EcgAsync("preview", "--label", "afib")).ExitCode);

        (string[] Arguments, string Sentence)[] refusals =
        [
            (["preview", "--label", "NOSUCH"], "label that --label names"),
            (["run", "--label", "NOSUCH", "--why", "x"], "label that --label names"),
            (["preview", "--reason", "nosuch"], "--reason must be"),
            (["preview", "--from", "2d", "--before", "3d"], "--from and --before"),
            (["preview", "--from", "0d"], "--from must be"),
            (["preview", "--urgency", "urgent", "--status", "rejected"], "--status and --urgency"),
            (["run", "--all", "--per-minute", "abc", "--why", "x"], "--per-minute must be a whole number"),
            (["run", "--all", "--why", ""], "give --why"),
        ];
        foreach (var (arguments, sentence) in refusals)
        {
            var refused = await bench.EcgAsync(arguments);
            Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(sentence, Assert.Single(refused.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }

        Assert.Equal(0L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job"));
        var nothing = await bench.EcgAsync("run", "--source", "nobody", "--why", "x", "--no-wait");
        Assert.Equal(0, nothing.ExitCode);
        Assert.Contains("No ECG meets these conditions", nothing.Error, StringComparison.Ordinal);
    }

    private static List<JsonElement> Lines(EcgResult result) =>
    [
        .. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }),
    ];
}
