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
        Assert.Contains("running", (await bench.EcgAsync("status", "later")).Output, StringComparison.Ordinal);
        Assert.Contains("paused", (await bench.EcgAsync("pause", "later")).Output, StringComparison.Ordinal);
        Assert.Contains("running", (await bench.EcgAsync("resume", "later")).Output, StringComparison.Ordinal);
        Assert.Contains("cancelled", (await bench.EcgAsync("cancel", "later")).Output, StringComparison.Ordinal);
        var late = await bench.EcgAsync("resume", "later");
        Assert.Equal((1, "It is finished and stays as it is."), (late.ExitCode, late.Error.Trim()));

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
    public void The_command_line_takes_ages_and_local_dates()
    {
        var now = new DateTimeOffset(2026, 4, 10, 12, 0, 0, TimeSpan.FromHours(9));

        Assert.Equal("2026-04-08T12:00:00+09:00", SelectionOptions.Moment("2d", now));
        Assert.Equal("2026-04-10T06:00:00+09:00", SelectionOptions.Moment("6h", now));
        Assert.StartsWith("2026-04-01T00:00:00", SelectionOptions.Moment("2026-04-01", now), StringComparison.Ordinal);
        Assert.Equal("2026-04-01T00:00:00Z", SelectionOptions.Moment("2026-04-01T00:00:00Z", now));
        Assert.Equal("yesterday", SelectionOptions.Moment("yesterday", now));
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
