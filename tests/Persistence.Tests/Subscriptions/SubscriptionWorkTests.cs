using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Subscriptions;
using Npgsql;
using static EcgIntegration.Persistence.Tests.Ecgs;

namespace EcgIntegration.Persistence.Tests.Subscriptions;

public sealed class SubscriptionWorkTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Endpoint = "https://ehr.example/notify";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ISubscriptionWork Work => database.Get<ISubscriptionWork>();

    [Fact]
    public async Task A_subscription_is_asked_for_a_handshake_and_becomes_active_by_it()
    {
        var id = await SubscribeAsync();

        var handshake = await OneDueAsync(id);
        Assert.Equal((Endpoint, 0, null), (handshake.Endpoint, handshake.Attempts, handshake.Event));
        await Work.DeliveredAsync(handshake, Stop);

        Assert.Null(await DueAsync(id));
        Assert.Equal("active", (await Work.FindAsync(id, Stop))!.Status);
        var stored = (await database.Store.ReadAsync("Subscription", id, Stop))!;
        Assert.Equal(2, stored.Version);
        Assert.Contains("\"status\": \"active\"", Text(stored), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Urgent_reports_are_told_in_order_each_once_and_only_from_then_on()
    {
        await CompleteAsync(Urgency.Critical);
        var id = await ActiveAsync();
        var first = await CompleteAsync(Urgency.Urgent);
        await CompleteAsync(Urgency.Review);
        await CompleteAsync(Urgency.Routine);
        var second = await CompleteAsync(Urgency.Critical);

        var told = new List<(long, string)>();
        while (await DueAsync(id) is { } due)
        {
            told.Add((due.Event!.Number, due.Event.Report));
            await Work.DeliveredAsync(due, Stop);
        }

        Assert.Equal([(1, first), (2, second)], told);
    }

    [Fact]
    public async Task What_was_urgent_already_is_no_news_and_what_becomes_more_urgent_is()
    {
        var id = await ActiveAsync();
        var ecg = NewId();
        var report = await CompleteAsync(Urgency.Urgent, ecg, "1 2 3");
        await CompleteAsync(Urgency.Urgent, ecg, "1 2 4");
        await CompleteAsync(Urgency.Routine, ecg, "1 2 5");
        await CompleteAsync(Urgency.Urgent, ecg, "1 2 6");
        await CompleteAsync(Urgency.Critical, ecg, "1 2 7");

        Assert.Equal([(1L, report, 1), (2, report, 4), (3, report, 5)], await DrainAsync(id));
    }

    [Fact]
    public async Task What_is_not_taken_comes_again_when_it_is_due_and_before_what_came_later()
    {
        var id = await ActiveAsync();
        var first = await CompleteAsync(Urgency.Urgent);
        await CompleteAsync(Urgency.Urgent);
        var due = await OneDueAsync(id);

        await Work.PutOffAsync(due, database.Time.GetUtcNow().AddSeconds(30), Stop);
        Assert.Null(await DueAsync(id));

        database.Time.Advance(TimeSpan.FromSeconds(31));
        var again = await OneDueAsync(id);
        Assert.Equal((first, 1), (again.Event!.Report, again.Attempts));
        await Work.DeliveredAsync(again, Stop);
        Assert.Equal(0, (await OneDueAsync(id)).Attempts);
    }

    [Fact]
    public async Task One_that_is_switched_off_says_so_asks_the_operator_and_keeps_its_events()
    {
        var id = await ActiveAsync();
        var before = await CompleteAsync(Urgency.Urgent);
        var task = NewId();
        await Work.SwitchOffAsync(
            await OneDueAsync(id), "no answer", new NewResource("Task", task, Utf8("""{"resourceType": "Task", "status": "requested"}""")), Stop);
        var meanwhile = await CompleteAsync(Urgency.Critical);

        Assert.Null(await DueAsync(id));
        var stored = Text((await database.Store.ReadAsync("Subscription", id, Stop))!);
        Assert.Contains("\"status\": \"error\"", stored, StringComparison.Ordinal);
        Assert.Contains("no answer", stored, StringComparison.Ordinal);
        Assert.NotNull(await database.Store.ReadAsync("Task", task, Stop));
        Assert.Equal(2, (await Work.FindAsync(id, Stop))!.Undelivered);

        await WriteAsync(id, "requested");
        await Work.DeliveredAsync(await OneDueAsync(id), Stop);
        Assert.Equal([before, meanwhile], (await DrainAsync(id)).Select(one => one.Report));
        Assert.DoesNotContain("no answer", Text((await database.Store.ReadAsync("Subscription", id, Stop))!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_by_its_subscriber_makes_what_is_under_way_void()
    {
        var id = await SubscribeAsync();
        var handshake = await OneDueAsync(id);
        await WriteAsync(id, "off");

        await Work.DeliveredAsync(handshake, Stop);
        await Work.PutOffAsync(handshake, database.Time.GetUtcNow(), Stop);
        await Work.SwitchOffAsync(handshake, "late", new NewResource("Task", NewId(), Utf8("""{"resourceType": "Task"}""")), Stop);

        Assert.Equal("off", (await Work.FindAsync(id, Stop))!.Status);
        Assert.Null(await DueAsync(id));
        await CompleteAsync(Urgency.Critical);
        Assert.Equal(0, (await Work.FindAsync(id, Stop))!.Undelivered);
    }

    [Fact]
    public async Task A_result_that_is_rolled_back_tells_nobody()
    {
        var id = await ActiveAsync();
        var study = Ecgs.Study(Observation(NewId()), NewId());
        await database.Ledger.ReceiveAsync(study, Stop);
        await Assert.ThrowsAnyAsync<Exception>(() => database.Ledger.CompleteAsync(
            study.EventId, Completion(NewId()) with { Replaces = Guid.NewGuid() }, Stop));

        Assert.Equal(0, (await Work.FindAsync(id, Stop))!.Events);
    }

    [Fact]
    public async Task Numbers_have_no_gaps_when_results_come_at_once()
    {
        var id = await ActiveAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CompleteAsync(Urgency.Urgent)));

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), (await DrainAsync(id)).Select(one => one.Number));
    }

    [Fact]
    public async Task One_worker_has_the_lead()
    {
        await using var lead = await Work.TryLeadAsync(Stop);
        Assert.NotNull(lead);
        Assert.Null(await Work.TryLeadAsync(Stop));
    }

    private static string Text(StoredResource resource) => System.Text.Encoding.UTF8.GetString(resource.Json.Span)
        .Replace("\":\"", "\": \"", StringComparison.Ordinal);

    private async Task<string> ActiveAsync()
    {
        var id = await SubscribeAsync();
        await Work.DeliveredAsync(await OneDueAsync(id), Stop);
        return id;
    }

    private async Task<string> SubscribeAsync()
    {
        var id = NewId();
        await WriteAsync(id, "requested");
        return id;
    }

    private async Task WriteAsync(string id, string status)
    {
        using var resource = PreparedResource.From("Subscription", Utf8(
            $$$"""{"resourceType": "Subscription", "status": "{{{status}}}", "channel": {"type": "rest-hook", "endpoint": "{{{Endpoint}}}"} }"""));
        await using var connection = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        var write = new ResourceWrite(resource, id, "ehr", database.Time.GetUtcNow());
        if (!await ResourceWriter.TryInsertAsync(connection, write, Stop))
        {
            await ResourceWriter.UpdateAsync(connection, write, Stop);
        }
    }

    private async Task<string> CompleteAsync(Urgency urgency, string? ecg = null, string? data = null)
    {
        var id = ecg ?? NewId();
        var observation = Observation(id, data: data ?? "1 2 3");
        var received = await database.Ledger.ReceiveAsync(Ecgs.Study(observation, id), Stop);
        var current = await database.Ledger.CurrentResultAsync(id, Stop);
        var report = "report-" + id;
        var completion = Completion(report) with
        {
            Urgency = urgency,
            Replaces = current?.StudyId,
            Resources =
            [
                new NewResource("DiagnosticReport", report, Utf8($$"""{"resourceType": "DiagnosticReport", "status": "preliminary", "conclusion": "{{data}}"}""")),
            ],
        };
        await database.Ledger.CompleteAsync(received.Entry.EventId, completion, Stop);
        return report;
    }

    private async Task<List<(long Number, string Report, int Version)>> DrainAsync(string id)
    {
        var told = new List<(long, string, int)>();
        while (await DueAsync(id) is { Event: { } happened } due)
        {
            told.Add((happened.Number, happened.Report, happened.ReportVersion));
            await Work.DeliveredAsync(due, Stop);
        }

        return told;
    }

    private async Task<PendingNotification> OneDueAsync(string id)
    {
        var due = await DueAsync(id);
        Assert.NotNull(due);
        return due;
    }

    private async Task<PendingNotification?> DueAsync(string id) =>
        (await Work.DueAsync(1000, Stop)).SingleOrDefault(one => one.Subscription == id);
}
