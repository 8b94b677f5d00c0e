using System.Text;
using System.Text.Json;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Subscriptions;
using EcgIntegration.Worker.Tests.Fhir.Writing;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.JpCore;

/// <summary>What a running worker serves beside the machine's results validates as well.</summary>
public sealed class JpCoreServedTests(JpCoreValidator validator, PostgresFixture postgres, RabbitMqFixture rabbit) : IClassFixture<JpCoreValidator>
{
    private const string ReportProfile = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_DiagnosticReport_Common";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_report_its_signature_and_its_task_are_valid_and_so_are_a_replay_and_the_audit()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var outcome = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Repository.ReadSample(0)));
        await Signing.SignAsync(worker.Http, outcome.Report!);
        using var replay = await worker.Http.PostAsync("/fhir/$replay", """{"all":true,"dryRun":true,"why":"test"}""", ("Content-Type", "application/json"));
        var task = (await replay.JsonAsync()).GetProperty("id").GetString()!;
        await Eventually.TrueAsync("the replay is over", async () => (await worker.JsonAsync($"/fhir/Task/{task}")).GetProperty("status").GetString() == "completed");

        var report = await AssertValidAsync(worker, outcome.Report!);
        Assert.Equal("final", report.GetProperty("status").GetString());
        Assert.Equal(ReportProfile, Assert.Single(report.GetProperty("meta").GetProperty("profile").EnumerateArray()).GetString());
        await AssertValidAsync(worker, $"Task/{task}");
        Assert.True(await AssertAllValidAsync(worker, $"Provenance?target={outcome.Report}") >= 2, "the machine's and the physician's");
        Assert.Equal(1, await AssertAllValidAsync(worker, $"Task?focus={outcome.Report}"));
        Assert.True(await AssertAllValidAsync(worker, "AuditEvent") >= 4);
        Assert.Equal(1, await AssertAllValidAsync(worker, "Device"));
        await AssertValidAsync(worker, "metadata");
    }

    [Fact]
    public void The_task_of_a_subscription_that_failed_is_valid() => Assert.Empty(
        validator.Validate(SubscriptionFailure.Task("s1", SubscriptionFailure.TimedOut, TimeProvider.System.GetUtcNow()).Json.Span));

    private async Task<JsonElement> AssertValidAsync(RunningWorker worker, string path)
    {
        var json = await worker.Http.GetByteArrayAsync($"/fhir/{path}", Stop);
        Assert.Empty(validator.Validate(json));
        return JsonDocument.Parse(json).RootElement;
    }

    private async Task<int> AssertAllValidAsync(RunningWorker worker, string search)
    {
        var entries = (await worker.JsonAsync($"/fhir/{search}")).GetProperty("entry").EnumerateArray().ToList();
        Assert.All(entries, entry => Assert.Empty(validator.Validate(Encoding.UTF8.GetBytes(entry.GetProperty("resource").GetRawText()))));
        return entries.Count;
    }
}
