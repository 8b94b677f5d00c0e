using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Ledger;

public sealed class ReceptionTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_event_twice_is_one_event_one_study_and_one_observation()
    {
        var id = Ecgs.NewId();
        var study = Ecgs.Study(Ecgs.Observation(id), id);
        var first = await database.Ledger.ReceiveAsync(study, Stop);
        var second = await database.Ledger.ReceiveAsync(study, Stop);

        Assert.Equal(ReceptionKind.New, first.Kind);
        Assert.Equal(ReceptionKind.Repeated, second.Kind);
        Assert.Equal(first.StudyId, second.StudyId);
        Assert.Equal(id, second.ObservationId);
        Assert.Equal(1, second.ObservationVersion);
        Assert.Equal(StudyStatus.Received, second.Entry.Status);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM resource WHERE id = $1", id));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM waveform WHERE id = $1", id));
    }

    [Fact]
    public async Task Two_events_with_one_ecg_share_a_study_and_its_outcome()
    {
        var id = Ecgs.NewId();
        var first = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        var second = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        Assert.Equal(ReceptionKind.Joined, second.Kind);
        Assert.Equal(first.StudyId, second.StudyId);

        await database.Ledger.CompleteAsync(first.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        var late = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        foreach (var eventId in new[] { first.Entry.EventId, second.Entry.EventId, late.Entry.EventId })
        {
            var entry = await database.Ledger.FindAsync(eventId, Stop);
            Assert.Equal(StudyStatus.Classified, entry!.Status);
            Assert.Equal(first.StudyId, entry.StudyId);
            Assert.Equal("心房細動", Assert.Single(entry.Suggestions).Ja);
            Assert.Equal(Urgency.Urgent, entry.ToOutcome().Urgency);
        }
    }

    [Fact]
    public async Task A_clock_that_is_ahead_locks_no_ecg_and_one_that_differs_a_little_keeps_its_order()
    {
        var id = Ecgs.NewId();
        Assert.Equal(1, (await ReceiveAsync("1 2 3", Ecgs.At.AddYears(73), Ecgs.At)).ObservationVersion);

        // Said to have happened after the first one arrived, and before the time that its sender claimed.
        Assert.Equal(2, (await ReceiveAsync("4 5 6", Ecgs.At.AddMinutes(10), Ecgs.At.AddMinutes(10))).ObservationVersion);
        await OutdatedAsync("7 8 9", Ecgs.At.AddMinutes(9), Ecgs.At.AddMinutes(20));

        // Minutes ahead are what clocks differ by: this one stays the newer.
        Assert.Equal(3, (await ReceiveAsync("3 2 1", Ecgs.At.AddMinutes(34), Ecgs.At.AddMinutes(30))).ObservationVersion);
        await OutdatedAsync("9 8 7", Ecgs.At.AddMinutes(33), Ecgs.At.AddMinutes(33));

        NewStudy Version(string data, DateTimeOffset occurredAt, DateTimeOffset receivedAt) =>
            Ecgs.Study(Ecgs.Observation(id, data: data), id) with { OccurredAt = occurredAt, ReceivedAt = receivedAt };

        Task<Reception> ReceiveAsync(string data, DateTimeOffset occurredAt, DateTimeOffset receivedAt) =>
            database.Ledger.ReceiveAsync(Version(data, occurredAt, receivedAt), Stop);

        async Task OutdatedAsync(string data, DateTimeOffset occurredAt, DateTimeOffset receivedAt)
        {
            var study = Version(data, occurredAt, receivedAt);
            var ecg = new ArrivedEcg(study.SourceSystem, occurredAt, receivedAt, study.ObservationKey, id, study.Observation);
            Assert.True(await database.Ledger.IsOutdatedAsync(ecg, Stop));
            Assert.False(await database.Ledger.IsOutdatedAsync(ecg with { OccurredAt = receivedAt.AddHours(1), ReceivedAt = receivedAt.AddHours(1) }, Stop));
            var refusal = await Assert.ThrowsAsync<UnstorableContentException>(() => database.Ledger.ReceiveAsync(study, Stop));
            Assert.Equal("observation-outdated", refusal.Reason.Code);
        }
    }

    [Fact]
    public async Task One_ecg_from_sixteen_connections_at_once_is_one_study_with_one_result()
    {
        for (var round = 0; round < 5; round++)
        {
            var id = Ecgs.NewId();
            var report = Ecgs.NewId();
            var sameEvent = Guid.NewGuid();
            var receptions = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
            {
                // Every other one is the same event again, the rest are events of their own.
                var study = Ecgs.Study(Ecgs.Observation(id), id, eventId: i % 2 == 0 ? sameEvent : null);
                var reception = await database.Ledger.ReceiveAsync(study, Stop);
                await database.Ledger.CompleteAsync(study.EventId, Ecgs.Completion(report), Stop);
                return reception;
            }));

            var studyId = Assert.Single(receptions.Select(reception => reception.StudyId).Distinct());
            Assert.Single(receptions, reception => reception.Kind == ReceptionKind.New);
            Assert.Equal(9L, await database.ScalarAsync<long>("SELECT count(*) FROM intake_event WHERE study_id = $1 AND status = 'classified'", studyId));
            Assert.Equal(9L, await database.ScalarAsync<long>("SELECT count(*) FROM intake_event WHERE study_id = $1", studyId));
            Assert.Equal(1, await database.ScalarAsync<int>("SELECT max(version) FROM resource WHERE id IN ($1, $2)", id, report));
        }
    }

    [Fact]
    public async Task The_business_key_is_a_constraint_of_the_database()
    {
        var id = Ecgs.NewId();
        var study = (await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop)).StudyId;
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(
            """
            INSERT INTO study (id, observation_key, input_sha256, model_sha256, observation_id, observation_version, status, created_at)
            SELECT gen_random_uuid(), observation_key, input_sha256, model_sha256, observation_id, 1, 'received', now() FROM study WHERE id = $1
            """,
            study));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        Assert.Equal("ux_study_business_key", refused.ConstraintName);
    }

    [Fact]
    public async Task Another_model_is_another_study_of_the_same_observation()
    {
        var id = Ecgs.NewId();
        var first = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id, model: "m1"), Stop);
        var second = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id, model: "m2"), Stop);
        Assert.NotEqual(first.StudyId, second.StudyId);
        Assert.Equal((id, 1), (second.ObservationId, second.ObservationVersion));
    }

    [Fact]
    public async Task Changed_content_becomes_the_next_version_and_the_last_one_stays_readable()
    {
        var id = Ecgs.NewId();
        var first = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id, data: "1 2 3"), id), Stop);
        var second = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id, data: "1 2 4"), id), Stop);
        Assert.Equal((id, 2), (second.ObservationId, second.ObservationVersion));
        Assert.NotEqual(first.StudyId, second.StudyId);

        Assert.Equal("1 2 4", Data(await database.Store.ReadAsync("Observation", id, Stop)));
        Assert.Equal("1 2 4", Data(await database.Store.ReadVersionAsync("Observation", id, 2, Stop)));
        var old = await database.Store.ReadVersionAsync("Observation", id, 1, Stop);
        Assert.Equal("1 2 3", Data(old));
        Assert.Equal("1", JsonDocument.Parse(old!.Json).RootElement.GetProperty("meta").GetProperty("versionId").GetString());
        Assert.Null(await database.Store.ReadVersionAsync("Observation", id, 3, Stop));
    }

    [Theory]
    [InlineData("cart-7", "Patient/other")]
    [InlineData("cart-8", "Patient/p1")]
    [InlineData("cart-7", null)]
    public async Task An_id_held_by_another_patient_or_source_is_left_alone(string source, string? patient)
    {
        var id = Ecgs.NewId();
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        var other = Ecgs.Observation(id, patient, data: "9 9");
        var reception = await database.Ledger.ReceiveAsync(Ecgs.Study(other, id, source), Stop);
        var again = await database.Ledger.ReceiveAsync(Ecgs.Study(other, id, source), Stop);

        Assert.StartsWith(id + "-", reception.ObservationId, StringComparison.Ordinal);
        Assert.True(ResourceId.IsValid(reception.ObservationId));
        Assert.Equal((reception.ObservationId, 1), (again.ObservationId, again.ObservationVersion));
        Assert.Equal("Patient/p1", (await database.Store.ReadAsync("Observation", id, Stop))!.Patient);
        Assert.Equal(patient, (await database.Store.ReadAsync("Observation", reception.ObservationId, Stop))!.Patient);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not a valid id")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task Without_a_usable_id_the_id_follows_from_the_ecg(string? id)
    {
        var observation = Ecgs.Observation(id, data: Ecgs.NewId());
        var first = await database.Ledger.ReceiveAsync(Ecgs.Study(observation, id, source: "s" + id?.Length), Stop);
        var second = await database.Ledger.ReceiveAsync(Ecgs.Study(observation, id, source: "s" + id?.Length), Stop);
        Assert.True(ResourceId.IsValid(first.ObservationId));
        Assert.Equal((first.ObservationId, 1), (second.ObservationId, second.ObservationVersion));
        Assert.Equal(first.StudyId, second.StudyId);
    }

    [Fact]
    public async Task An_event_by_reference_writes_no_observation()
    {
        var id = Ecgs.NewId();
        var stored = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id, model: "old"), Stop);
        var study = Ecgs.Study("{}", id, model: "new") with { StoredObservationId = id, StoredObservationVersion = 1 };
        var reception = await database.Ledger.ReceiveAsync(study, Stop);
        Assert.Equal(ReceptionKind.New, reception.Kind);
        Assert.Equal((stored.ObservationId, 1), (reception.ObservationId, reception.ObservationVersion));
        var unknown = await Assert.ThrowsAsync<UnstorableContentException>(() =>
            database.Ledger.ReceiveAsync(study with { EventId = Guid.NewGuid(), StoredObservationId = "no-such", InputSha256 = "x" }, Stop));
        Assert.Equal("reference-unknown", unknown.Reason.Code);
    }

    [Fact]
    public async Task What_cannot_be_stored_leaves_nothing_behind_and_can_be_rejected()
    {
        var id = Ecgs.NewId();
        var study = Ecgs.Study(Ecgs.Observation(id).Replace("final", "\\u0000", StringComparison.Ordinal), id);
        var refused = await Assert.ThrowsAsync<UnstorableContentException>(() => database.Ledger.ReceiveAsync(study, Stop));
        Assert.Null(await database.Ledger.FindAsync(study.EventId, Stop));
        var entry = await database.Ledger.RejectAsync(
            new RejectedEvent(study.EventId, study.SourceSystem, null, study.Priority, Ecgs.At, [refused.Reason], study.Observation), Stop);
        Assert.Equal(StudyStatus.Rejected, entry.Status);
    }

    [Fact]
    public async Task Exceptions_carry_no_value_of_the_input()
    {
        const string canary = "CANARY-山田太郎";
        var id = Ecgs.NewId();
        var observation = Ecgs.Observation(id, patient: $"http://x/{canary}");
        var study = Ecgs.Study(observation, id) with { InputSha256 = new string('f', 70) + canary };
        var fault = await Assert.ThrowsAsync<PostgresException>(() => database.Ledger.ReceiveAsync(study, Stop));
        Assert.DoesNotContain("CANARY", fault.ToString(), StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("INSERT INTO resource (type, id, version, content) VALUES ($1, $1, 1, NULL)", canary));
        Assert.DoesNotContain("CANARY", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_numbers_and_japanese_survive_the_database()
    {
        var id = Ecgs.NewId();
        var observation = Ecgs.Observation(id, data: "2041 -12 0 007 -0 1.50 E L U")
            .Replace("\"value\": 0.00", "\"value\": 1.5E2, \"z\": [0.00, -0, 12345678901234567890.123456789, 1e-100]", StringComparison.Ordinal);
        await database.Ledger.ReceiveAsync(Ecgs.Study(observation, id), Stop);
        var stored = await database.Store.ReadAsync("Observation", id, Stop);
        using var document = JsonDocument.Parse(stored!.Json);
        var origin = document.RootElement.GetProperty("component")[0].GetProperty("valueSampledData").GetProperty("origin");
        Assert.Equal("1.5E2", origin.GetProperty("value").GetRawText());
        Assert.Equal(["0.00", "-0", "12345678901234567890.123456789", "1e-100"], origin.GetProperty("z").EnumerateArray().Select(n => n.GetRawText()));
        Assert.Equal("2041 -12 0 007 -0 1.50 E L U", Data(stored));
        Assert.Equal("12誘導心電図", document.RootElement.GetProperty("code").GetProperty("text").GetString());
        Assert.False(await database.ScalarAsync<bool>("SELECT content::text LIKE '%2041%' FROM resource WHERE id = $1", id));
    }

    private static string? Data(StoredResource? resource)
    {
        using var document = JsonDocument.Parse(resource!.Json);
        return document.RootElement.GetProperty("component")[0].GetProperty("valueSampledData").GetProperty("data").GetString();
    }
}
