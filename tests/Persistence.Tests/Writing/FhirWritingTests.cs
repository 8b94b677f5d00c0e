using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Writing;
using EcgIntegration.TestKit;

namespace EcgIntegration.Persistence.Tests.Writing;

public sealed class FhirWritingTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IFhirWriting Writing => database.Get<IFhirWriting>();

    [Fact]
    public async Task What_is_written_and_its_audit_record_are_there_or_neither_is()
    {
        var (kept, lost) = (Ecgs.NewId(), Ecgs.NewId());
        await CreateAsync(kept);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Writing.InTransactionAsync<int>(
            async (transaction, token) =>
            {
                using var resource = Patient(lost);
                await transaction.CreateAsync(resource, asSystem: false, token);
                transaction.Audit(Record(lost));
                throw new InvalidOperationException("Undone.");
            },
            Stop));

        Assert.NotNull(await database.Store.ReadAsync("Patient", kept, Stop));
        Assert.Null(await database.Store.ReadAsync("Patient", lost, Stop));
        Assert.Equal((1L, 0L), (await AuditedAsync(kept), await AuditedAsync(lost)));
        Assert.Null(await database.Audit.FindBreakAsync(Stop));
    }

    [Fact]
    public async Task Transactions_that_lock_each_other_out_both_end_well()
    {
        string[] ids = [Ecgs.NewId(), Ecgs.NewId()];
        await Task.WhenAll(ids.Select(id => CreateAsync(id)));
        using var both = new Barrier(2);
        var runs = 0;

        var crossing = Task.WhenAll(new[] { ids, [.. ids.Reverse()] }.Select(order => Task.Run(() => Writing.InTransactionAsync(
            async (transaction, token) =>
            {
                var first = Interlocked.Increment(ref runs) <= 2;
                var one = await transaction.HoldAsync("Patient", order[0], token);
                if (first)
                {
                    // Each holds what the other one wants next: PostgreSQL has to end one of them.
                    both.SignalAndWait(token);
                }

                var other = await transaction.HoldAsync("Patient", order[1], token);
                using var resource = Patient(order[0], $"run{runs}");
                using var another = Patient(order[1], $"run{runs}");
                await transaction.UpdateAsync(one!, resource, token);
                return await transaction.UpdateAsync(other!, another, token);
            },
            Stop))));
        await Eventually.TrueAsync("both have ended", () =>
        {
            // The one that was ended waits a little before it begins again.
            database.Time.Advance(TimeSpan.FromSeconds(1));
            return crossing.IsCompleted;
        });
        await crossing;

        Assert.Equal(3, runs);
        foreach (var id in ids)
        {
            Assert.Equal(3, (await database.Store.ReadAsync("Patient", id, Stop))!.Version);
        }
    }

    [Fact]
    public async Task An_ecg_is_due_at_once_and_joins_its_study_as_any_event_does()
    {
        var id = Ecgs.NewId();
        var first = await StoreAsync(id, "1 2 3", EventPriority.Stat);
        var leased = Assert.Single(await LeaseAsync(EventPriority.Stat), entry => entry.EventId == first);
        Assert.DoesNotContain(await LeaseAsync(EventPriority.Routine), entry => entry.EventId == first);
        Assert.Equal((true, "fhir", 1, 1), (leased.AwaitsStudy, leased.SourceSystem, leased.Attempts, leased.ObservationVersion));

        var reception = await TakeAsync(leased, "a");
        Assert.Equal((ReceptionKind.New, first, StudyStatus.Received), (reception.Kind, reception.Entry.EventId, reception.Entry.Status));
        Assert.Equal(ReceptionKind.Repeated, (await TakeAsync(leased, "a")).Kind);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM study WHERE observation_id = $1", id));
    }

    [Fact]
    public async Task A_signal_that_comes_back_after_a_correction_is_a_result_of_its_own()
    {
        var id = Ecgs.NewId();
        var report = Ecgs.NewId();
        Guid? replaces = null;
        foreach (var signal in new[] { "a", "b", "a" })
        {
            var entry = (await database.Ledger.FindAsync(await StoreAsync(id, signal == "a" ? "1 2" : "3 4", EventPriority.Routine), Stop))!;
            var reception = await TakeAsync(entry, signal);
            var completion = Ecgs.Completion(report) with { Replaces = replaces };
            replaces = (await database.Ledger.CompleteAsync(reception.Entry.EventId, completion, Stop)).StudyId;
        }

        Assert.Equal(3L, await database.ScalarAsync<long>("SELECT count(*) FROM study WHERE observation_id = $1", id));
        Assert.Equal(1, await database.ScalarAsync<int>("SELECT run FROM study WHERE observation_id = $1 AND is_current", id));
    }

    [Fact]
    public async Task An_ecg_that_failed_before_it_had_a_study_is_selected_for_a_replay_until_it_has_one()
    {
        var id = Ecgs.NewId();
        var selection = new ReplaySelection { Status = StudyStatus.Failed, SourceSystem = "fhir" };
        await database.Ledger.FailAsync(await StoreAsync(id, "5 6", EventPriority.Routine), Ecgs.Reason, Stop);
        Assert.Equal(1, (await database.Get<IReplayJobs>().PreviewAsync(selection, 10, Stop)).Count);

        var later = (await database.Ledger.FindAsync(await StoreAsync(id, "7 8", EventPriority.Routine), Stop))!;
        await TakeAsync(later, "c");
        Assert.Equal(0, (await database.Get<IReplayJobs>().PreviewAsync(selection, 10, Stop)).Count);
    }

    [Fact]
    public async Task What_refers_to_a_resource_is_found_until_it_is_deleted()
    {
        var (patient, observation) = (Ecgs.NewId(), Ecgs.NewId());
        await CreateAsync(patient);
        await StoreAsync(observation, "1", EventPriority.Routine, $"Patient/{patient}");
        Assert.True(await Writing.InTransactionAsync((transaction, token) => transaction.IsReferredToAsync("Patient", patient, token), Stop));
        Assert.False(await Writing.InTransactionAsync((transaction, token) => transaction.IsReferredToAsync("Observation", observation, token), Stop));

        await Writing.InTransactionAsync(
            async (transaction, token) =>
            {
                Assert.True((await transaction.HoldAsync("Observation", observation, token))!.IsEcg);
                return await transaction.DeleteAsync("Observation", observation, token);
            },
            Stop);

        Assert.False(await Writing.InTransactionAsync((transaction, token) => transaction.IsReferredToAsync("Patient", patient, token), Stop));
    }

    private async Task CreateAsync(string id) => await Writing.InTransactionAsync(
        async (transaction, token) =>
        {
            using var resource = Patient(id);
            transaction.Audit(Record(id));
            return await transaction.CreateAsync(resource, asSystem: false, token);
        },
        Stop);

    private async Task<Guid> StoreAsync(string id, string samples, EventPriority priority, string patient = "Patient/p1") => await Writing.InTransactionAsync(
        async (transaction, token) =>
        {
            using var resource = ClientResource.Prepare("Observation", id, Ecgs.Utf8(Ecgs.Observation(id, patient, samples)));
            var held = await transaction.HoldAsync("Observation", id, token);
            var written = held is null
                ? (await transaction.CreateAsync(resource, asSystem: false, token))!
                : await transaction.UpdateAsync(held, resource, token);
            var ecg = new WrittenEcg(Guid.NewGuid(), priority, id, written.Version);
            await transaction.RecordAsync(ecg, token);
            return ecg.EventId;
        },
        Stop);

    private Task<Reception> TakeAsync(LedgerEntry entry, string signal) => database.Ledger.ReceiveAsync(
        new NewStudy(
            entry.EventId, entry.SourceSystem, null, entry.Priority, entry.ReceivedAt, Ecgs.Hash(entry.Observation!), null,
            entry.Observation!["Observation/".Length..], default, Ecgs.Hash(signal), Ecgs.Hash("m1"), Ecgs.At.AddMinutes(1))
        {
            StoredObservationVersion = entry.ObservationVersion,
            IsReadAgain = true,
        },
        Stop);

    private Task<IReadOnlyList<LedgerEntry>> LeaseAsync(EventPriority priority) =>
        database.Ledger.LeaseDueAsync(1000, TimeSpan.FromMinutes(5), priority, Stop);

    private Task<long> AuditedAsync(string id) => database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE resource = $1", $"Patient/{id}");

    private static AuditRecord Record(string id) => new("tester", "create", $"Patient/{id}", $"Patient/{id}", 1);

    private static ClientResource Patient(string id, string name = "試験") =>
        ClientResource.Prepare("Patient", id, Ecgs.Utf8($$"""{"resourceType": "Patient", "name": [{"family": "{{name}}"}]}"""));
}
