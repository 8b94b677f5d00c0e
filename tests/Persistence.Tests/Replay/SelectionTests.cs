using System.Text;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Tests.Replay;

/// <summary>A selection holds the ECGs that show what is asked for, each once.</summary>
public sealed class SelectionTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static readonly Reason Abstained = new("margin-too-small", null, "Too close.", "僅差。");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Conditions => new()
    {
        { """{}""", 5 },
        { """{"status": "classified"}""", 2 },
        { """{"status": "uncertain"}""", 1 },
        { """{"status": "failed"}""", 1 },
        { """{"status": "rejected"}""", 1 },
        { """{"urgency": "urgent"}""", 2 },
        { """{"urgency": "critical"}""", 0 },
        { """{"label": "AFIB"}""", 2 },
        { """{"label": "STEMI"}""", 0 },
        { """{"reason": "margin-too-small"}""", 1 },
        { """{"reason": "test"}""", 2 },
        { """{"patient": "Patient/one"}""", 2 },
        { """{"patient": "urn:mrn|77"}""", 0 },
        { """{"patient": "Patient/one", "status": "uncertain"}""", 1 },
        { """{"patient": "Patient/one", "urgency": "review", "label": "AFIB"}""", 0 },
        { """{"receivedFrom": "2026-04-01T00:00:00Z", "receivedBefore": "2026-04-01T00:00:01Z"}""", 5 },
        { """{"receivedBefore": "2026-04-01T09:00:00+09:00"}""", 0 },
        { """{"receivedFrom": "2026-04-01T09:00:01+09:00"}""", 0 },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Conditions_hold_together(string json, int expected)
    {
        var source = Ecgs.NewId();
        await database.ClassifyAsync(source, "Patient/one");
        await database.ClassifyAsync(source, "Patient/two");
        await UncertainAsync(source, "Patient/one");
        await FailedAsync(source, Ecgs.NewId());
        await database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), Encoding.UTF8.GetBytes(source)) with { SourceSystem = source }, Stop);
        var selection = System.Text.Json.JsonSerializer.Deserialize<ReplaySelection>(json, ContractJson.Compact)!;

        var preview = await PreviewAsync(selection with { SourceSystem = source });

        Assert.Equal(expected, preview.Count);
        Assert.Equal(Math.Min(expected, 3), preview.First.Count);
        Assert.Equal(expected, preview.ByStatus.Values.Sum());
    }

    [Fact]
    public async Task The_model_is_named_by_its_hash_or_the_beginning_of_it()
    {
        var source = await database.ClassifiedAsync(2);
        var sha = Ecgs.Hash("m1");

        Assert.Equal(2, (await PreviewAsync(new() { SourceSystem = source, FromModel = sha })).Count);
        Assert.Equal(2, (await PreviewAsync(new() { SourceSystem = source, FromModel = sha[..8] })).Count);
        Assert.Equal(0, (await PreviewAsync(new() { SourceSystem = source, FromModel = Ecgs.Hash("m2") })).Count);
        Assert.Equal(0, (await PreviewAsync(new() { SourceSystem = source, FromModel = "%" })).Count);
    }

    [Fact]
    public async Task An_ecg_counts_once_and_by_what_it_shows_now()
    {
        var source = Ecgs.NewId();
        var id = Ecgs.NewId();
        await database.ClassifyAsync(source, id: id);
        await database.ClassifyAsync(source, id: id);
        await FailedAsync(source, id, model: "m2");

        // A result and a later failure: it shows both, and is read once.
        Assert.Equal(1, (await PreviewAsync(new() { SourceSystem = source })).Count);
        Assert.Equal(1, (await PreviewAsync(new() { SourceSystem = source, Status = StudyStatus.Failed })).Count);

        // Read by another model since: neither the earlier result nor the failure is what it shows.
        database.Time.Advance(TimeSpan.FromSeconds(1));
        var third = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id, source, model: "m3"), Stop);
        var current = await database.Ledger.CurrentResultAsync(id, Stop);
        await database.Ledger.CompleteAsync(
            third.Entry.EventId, Ecgs.Completion("r3" + id) with { Lineage = id, Replaces = current!.StudyId }, Stop);

        Assert.Equal(0, (await PreviewAsync(new() { SourceSystem = source, Status = StudyStatus.Failed })).Count);
        Assert.Equal(0, (await PreviewAsync(new() { SourceSystem = source, FromModel = Ecgs.Hash("m1") })).Count);
        Assert.Equal(1, (await PreviewAsync(new() { SourceSystem = source, FromModel = Ecgs.Hash("m3") })).Count);
    }

    [Fact]
    public async Task What_is_still_received_is_not_selected_and_what_a_replay_recorded_is_not_an_arrival()
    {
        var source = await database.ClassifiedAsync(1);
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(Ecgs.NewId()), Ecgs.NewId(), source), Stop);
        Assert.Equal(1, (await PreviewAsync(new() { SourceSystem = source })).Count);

        var job = await database.SubmitAsync(source);
        var line = Assert.Single(await database.Get<IReplayJobs>().LinesAsync(job.Id, notableOnly: false, 10, after: null, Stop));
        var study = Ecgs.Study(Ecgs.Observation("unused"), id: null, "replay", model: "m9", eventId: line.EventId) with
        {
            StoredObservationId = line.Observation!["Observation/".Length..],
            ReceivedAt = Ecgs.At.AddDays(400),
        };
        await database.Ledger.ReceiveAsync(study, Stop);

        Assert.Equal(0, (await PreviewAsync(new() { ReceivedFrom = Ecgs.At.AddDays(399) })).Count);
        Assert.Equal(0, (await PreviewAsync(new() { SourceSystem = "replay" })).Count);
    }

    [Fact]
    public async Task An_event_that_took_its_ecg_back_is_selected_by_its_reason()
    {
        var source = Ecgs.NewId();
        var id = Ecgs.NewId();
        var classified = await database.ClassifyAsync(source, id: id);
        var entry = (await database.Ledger.ReceiveWithdrawalAsync(
            new NewWithdrawal(
                Guid.NewGuid(), source, null, EventPriority.Routine, Ecgs.At, Ecgs.Hash(source + id), id,
                Ecgs.Utf8(Ecgs.Observation(id, status: "entered-in-error")), Ecgs.At.AddMinutes(1)),
            Stop)).Entry;
        await database.Ledger.CompleteWithdrawalAsync(
            entry.EventId, new StudyWithdrawal(StorageReasons.ObservationWithdrawn.At(null), classified.StudyId, []), Stop);

        var preview = await PreviewAsync(new() { SourceSystem = source, Reason = StorageReasons.ObservationWithdrawn.Code });

        Assert.Equal(entry.EventId, Assert.Single(preview.First).EventId);
    }

    [Fact]
    public async Task A_selection_describes_itself_without_the_patient()
    {
        var selection = new ReplaySelection { Patient = "urn:mrn|CANARY-1", Status = StudyStatus.Failed, ReceivedFrom = Ecgs.At };

        Assert.Equal("from=2026-04-01T00:00:00Z patient=* status=failed", selection.Describe());
        Assert.Equal("all", new ReplaySelection().Describe());
        var submitted = await database.Get<IReplayJobs>().SubmitAsync(Replays.Request(selection), Stop);
        Assert.DoesNotContain("CANARY", System.Text.Json.JsonSerializer.Serialize(submitted, ContractJson.Compact), StringComparison.Ordinal);
    }

    private Task<ReplayPreview> PreviewAsync(ReplaySelection selection) =>
        database.Get<IReplayJobs>().PreviewAsync(selection, first: 3, Stop);

    private async Task UncertainAsync(string source, string patient)
    {
        var id = Ecgs.NewId();
        var received = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id, patient), id, source), Stop);
        await database.Ledger.CompleteAsync(
            received.Entry.EventId,
            Ecgs.Completion("r" + id, patient) with { Status = StudyStatus.Uncertain, Urgency = Urgency.Review, Reasons = [Abstained], Suggestions = [] },
            Stop);
    }

    private async Task<LedgerEntry> FailedAsync(string source, string id, string model = "m1")
    {
        var received = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id, source, model), Stop);
        database.Time.Advance(TimeSpan.FromSeconds(1));
        return await database.Ledger.FailAsync(received.Entry.EventId, Ecgs.Reason, Stop);
    }
}
