using System.Text.Json.Nodes;
using EcgIntegration.LocalServers.Processes;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Commands.Demo;

/// <summary>What an operator does after a crash in the middle of the work: <c>ecg up</c>, and nothing else.</summary>
public sealed class DemoKillTests : IAsyncDisposable
{
    private readonly TemporaryFolder _run = new();
    private readonly TestBundle _bundle = TestBundle.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await RunAsync([], "down");
        _run.Dispose();
        _bundle.Dispose();
    }

    [Fact]
    public async Task A_worker_killed_in_mid_demo_and_brought_up_again_finishes_every_ecg_once()
    {
        // Slow, so that there is a middle to be killed in.
        var up = await RunAsync(
            [("ECG_Model__MaxDelay", "00:00:01"), ("ECG_Intake__RoutineConcurrency", "2"), ("ECG_Intake__StatConcurrency", "2")], "up", "--no-docker");
        Assert.True(up.ExitCode == 0, up.Error);
        var endpoints = JsonNode.Parse(await File.ReadAllTextAsync(_run.File("endpoints.json"), Stop))!;
        await using var database = NpgsqlDataSource.Create(ConnectionStrings.Normalise((string)endpoints["postgres"]!));
        var worker = ProcessIdentity.Of((int)endpoints["pids"]!["worker"]!);

        var demo = RunAsync(
            [("ECG_Model__MaxDelay", "00:00:01"), ("ECG_Intake__RoutineConcurrency", "2"), ("ECG_Intake__StatConcurrency", "2")],
            "demo", "--once", "--json", "--no-docker");
        await Eventually.TrueAsync("the first result", async () => await CountAsync(database, "status <> 'received'") > 0);
        Assert.True(worker!.Signal(ProcessSignal.Kill));
        Assert.True(await CountAsync(database, "status <> 'received'") < Repository.Samples.Count, "The worker was done before it was killed.");

        var mended = await RunAsync([], "up", "--no-docker");
        Assert.True(mended.ExitCode == 0, mended.Error);
        var ended = await demo;

        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Equal(Repository.Samples.Count, ended.Output.TrimEnd().Split('\n').Length);
        Assert.Equal(Repository.Samples.Count, await CountAsync(database, "status <> 'received'"));
        await Eventually.TrueAsync("every outcome is published", async () => await CountAsync(database, "published_at IS NULL") == 0);
        Assert.Equal(Repository.Samples.Count, await ScalarAsync(database, "SELECT count(*) FROM study WHERE is_current"));
        Assert.Equal(Repository.Samples.Count, await ScalarAsync(database, "SELECT count(*) FROM resource WHERE type = 'DiagnosticReport' AND version = 1"));
    }

    private static Task<long> CountAsync(NpgsqlDataSource database, string condition) =>
        ScalarAsync(database, $"SELECT count(*) FROM intake_event WHERE {condition}");

    private static async Task<long> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    private Task<EcgResult> RunAsync((string Name, string Value)[] settings, params string[] arguments) => EcgProcess.RunAsync(
        arguments,
        new Dictionary<string, string>(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
        {
            ["ECG_RUN"] = _run.Path,
            ["ECG_HOME"] = Repository.Root,
            ["ECG_Model__Path"] = _bundle.Folder,
        },
        CancellationToken.None);
}
