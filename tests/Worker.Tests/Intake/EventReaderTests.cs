using System.Text;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Intake;

namespace EcgIntegration.Worker.Tests.Intake;

public sealed class EventReaderTests
{
    private const int MaxBytes = 1 << 20;
    private const string Id = "0d0f6b0e-5f8e-4c0c-9a7d-0f0d3f0c2a11";

    [Fact]
    public void A_complete_event_is_read_with_the_observation_byte_for_byte()
    {
        const string observation = """{ "resourceType":"Observation", "note":"1.10" }""";
        var read = Read($$"""
            {"eventId":"{{Id}}","sourceSystem":"cart","occurredAt":"2026-04-01T09:30:00+09:00","priority":"stat","observation":{{observation}}}
            """);

        Assert.Null(read.Refused);
        var ecg = read.Event!;
        Assert.Equal(Guid.Parse(Id), ecg.EventId);
        Assert.Equal("cart", ecg.SourceSystem);
        Assert.Equal(DateTimeOffset.Parse("2026-04-01T00:30:00Z", System.Globalization.CultureInfo.InvariantCulture), ecg.OccurredAt);
        Assert.Equal(EventPriority.Stat, ecg.Priority);
        Assert.Equal(observation, Encoding.UTF8.GetString(ecg.Observation.Span));
        Assert.Null(ecg.StoredObservationId);
    }

    [Fact]
    public void A_reference_names_a_stored_observation()
    {
        var read = Read($$"""{"eventId":"{{Id}}","reference":"Observation/ecg-1"}""");

        Assert.Equal("ecg-1", read.Event!.StoredObservationId);
        Assert.Equal("unknown", read.Event.SourceSystem);
        Assert.True(read.Event.Observation.IsEmpty);
    }

    [Theory]
    [InlineData("stat", EventNames.ReceivedRoutine, EventPriority.Stat)]
    [InlineData("routine", EventNames.ReceivedStat, EventPriority.Stat)]
    [InlineData("routine", EventNames.ReceivedRoutine, EventPriority.Routine)]
    [InlineData("routine", EventNames.Replay, EventPriority.Routine)]
    [InlineData("stat", EventNames.Replay, EventPriority.Routine)]
    public void The_more_urgent_of_body_and_routing_key_counts(string inBody, string routingKey, object expected)
    {
        var read = Read($$"""{"eventId":"{{Id}}","priority":"{{inBody}}","reference":"Observation/x"}""", routingKey);

        Assert.Equal((EventPriority)expected, read.Event!.Priority);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.NotNull(Read("\uFEFF" + $$"""{"eventId":"{{Id}}","reference":"Observation/x"}""").Event);

    [Theory]
    [InlineData("", "body-empty")]
    [InlineData("   ", "body-not-json")]
    [InlineData("not json", "body-not-json")]
    [InlineData("[]", "body-not-json")]
    [InlineData("\"text\"", "body-not-json")]
    [InlineData("{}", "event-id-missing")]
    [InlineData("""{"eventId":"7"}""", "event-id-invalid")]
    [InlineData("""{"eventId":"\ud800"}""", "text-not-unicode")]
    [InlineData("""{"eventId":null}""", "event-id-invalid")]
    [InlineData("""{"eventId":"00000000-0000-0000-0000-000000000000"}""", "event-id-invalid")]
    [InlineData("""{"other":{"eventId":"0d0f6b0e-5f8e-4c0c-9a7d-0f0d3f0c2a11"}}""", "event-id-missing")]
    public void Without_a_usable_event_id_one_is_derived_from_the_body(string body, string code)
    {
        var first = Read(body).Refused!;
        var again = Read(body).Refused!;

        Assert.False(first.EventIdUsable);
        Assert.NotEqual(Guid.Empty, first.EventId);
        Assert.Equal(first.EventId, again.EventId);
        Assert.Equal([code], first.Reasons.Select(reason => reason.Code));
    }

    [Theory]
    [InlineData("""{"eventId":"ID"}""", "observation-missing")]
    [InlineData("""{"eventId":"ID","observation":{},"reference":"Observation/1"}""", "observation-ambiguous")]
    [InlineData("""{"eventId":"ID","observation":[]}""", "event-field-invalid")]
    [InlineData("""{"eventId":"ID","reference":"Patient/1"}""", "reference-invalid")]
    [InlineData("""{"eventId":"ID","reference":"Observation/a b"}""", "reference-invalid")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","priority":"now"}""", "event-field-invalid")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","occurredAt":"2026-04-01T09:30:00"}""", "event-field-invalid")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","sourceSystem":7}""", "event-field-invalid")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","sourceSystem":"replay"}""", "event-field-invalid")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","sourceSystem":"Replay"}""", "event-field-invalid")]
    [InlineData("""{"eventId":"ID","observation":{"subject":1,"subject":2}}""", "duplicate-property")]
    [InlineData("""{"\ud800a":1,"eventId":"ID","reference":"Observation/1"}""", "text-not-unicode")]
    [InlineData("""{"eventId":"ID","observation":{"\ud800":1,"\ud800":2}}""", "text-not-unicode")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","sourceSystem":"\ud800"}""", "text-not-unicode")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","occurredAt":"\udfff"}""", "text-not-unicode")]
    [InlineData("""{"eventId":"ID","reference":"Observation/1","priority":"\ud800"}""", "text-not-unicode")]
    [InlineData("""{"eventId":"ID","reference":"\ud800"}""", "text-not-unicode")]
    [InlineData("""{"eventId":"ID","reference":"Observation/.."}""", "reference-invalid")]
    [InlineData("""{"eventId":"ID","observation":{}}{"x":1}""", "body-not-json")]
    [InlineData("""{"eventId":"ID","observation":{""", "body-not-json")]
    public void A_refusal_keeps_the_senders_event_id(string body, string code)
    {
        var refused = Read(body.Replace("ID", Id, StringComparison.Ordinal)).Refused!;

        Assert.True(refused.EventIdUsable);
        Assert.Equal(Guid.Parse(Id), refused.EventId);
        Assert.Equal([code], refused.Reasons.Select(reason => reason.Code));
    }

    [Theory]
    [InlineData(""" "eventId":"ID","eventId":"1d0f6b0e-5f8e-4c0c-9a7d-0f0d3f0c2a11" """)]
    [InlineData(""" "eventId":"ID","eventId":"ID" """)]
    [InlineData(""" "eventId":"ID","eventId":"ID","eventId":"ID" """)]
    [InlineData(""" "eventId":"ID","eventId":"ID","eventId":"ID","eventId":"ID" """)]
    [InlineData(""" "eventId":7,"eventId":"ID" """)]
    [InlineData(""" "eventId":"ID","eventId":null """)]
    public void Several_event_ids_are_none(string members)
    {
        var refused = Read($"{{{members.Replace("ID", Id, StringComparison.Ordinal)},\"reference\":\"Observation/x\"}}").Refused!;

        Assert.False(refused.EventIdUsable);
        Assert.Equal("duplicate-property", refused.Reasons[0].Code);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        Assert.Equal("body-not-utf8", Read(new byte[] { 0x7B, 0xFF, 0xFE, 0x7D }).Refused!.Reasons[0].Code);

    [Fact]
    public void A_body_with_other_bytes_in_a_text_is_refused_under_its_own_event_id()
    {
        byte[] shiftJis = [0x8C, 0xA9, 0x96, 0x7B];
        byte[] body = [.. Encoding.ASCII.GetBytes("{\"sourceSystem\":\""), .. shiftJis, .. Encoding.ASCII.GetBytes($"\",\"eventId\":\"{Id}\"}}")];

        var refused = Read(body).Refused!;

        Assert.Equal((Guid.Parse(Id), true), (refused.EventId, refused.EventIdUsable));
        Assert.Equal(["body-not-utf8"], refused.Reasons.Select(reason => reason.Code));
    }

    [Fact]
    public void Ten_thousand_levels_are_refused_without_exhausting_the_stack()
    {
        var nest = new string('[', 10_000) + new string(']', 10_000);
        var refused = Read($$"""{"observation":{{nest}},"eventId":"{{Id}}"}""").Refused!;

        Assert.Equal(Guid.Parse(Id), refused.EventId);
        Assert.Equal("body-too-deep", refused.Reasons[0].Code);
    }

    [Fact]
    public void A_body_over_the_limit_keeps_its_event_id_wherever_it_stands()
    {
        var body = $$"""{"observation":{"x":"{{new string('7', MaxBytes)}}"},"eventId":"{{Id}}"}""";
        var refused = Read(body).Refused!;

        Assert.Equal(Guid.Parse(Id), refused.EventId);
        Assert.Equal("body-too-large", refused.Reasons[0].Code);
    }

    [Fact]
    public void No_reason_quotes_the_body()
    {
        const string canary = "見本金糸雀";
        string[] bodies =
        [
            $$"""{"eventId":"{{canary}}"}""",
            $$"""{"eventId":"{{Id}}","reference":"{{canary}}"}""",
            $$"""{"eventId":"{{Id}}","priority":"{{canary}}","occurredAt":"{{canary}}","observation":"{{canary}}"}""",
            canary,
        ];

        Assert.All(bodies, body => Assert.All(
            Read(body).Refused!.Reasons, reason => Assert.DoesNotContain(canary, reason.En + reason.Ja + reason.Where, StringComparison.Ordinal)));
    }

    [Fact]
    public void Any_mutation_of_a_body_is_read_or_refused_but_never_throws()
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"eventId":"{{Id}}","sourceSystem":"cart","occurredAt":"2026-04-01T09:30:00+09:00","priority":"stat","observation":{"a":[1,2,{"b":"\u00e9"}]} }""");
        var random = new Random(20260401);
        var read = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var mutated = (byte[])body.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            var (ecgEvent, refused) = Read(mutated.AsMemory(0, random.Next(mutated.Length + 1)));
            Assert.True(ecgEvent is null ^ refused is null);
            read += ecgEvent is null ? 0 : 1;
        }

        Assert.InRange(read, 1, 49_999);
    }

    private static (EcgEvent? Event, RefusedEvent? Refused) Read(string body, string routingKey = EventNames.ReceivedRoutine) =>
        Read(Encoding.UTF8.GetBytes(body), routingKey);

    private static (EcgEvent? Event, RefusedEvent? Refused) Read(ReadOnlyMemory<byte> body, string routingKey = EventNames.ReceivedRoutine)
    {
        EventReader.TryRead(body, routingKey, MaxBytes, out var ecgEvent, out var refused);
        return (ecgEvent, refused);
    }
}
