using System.Text;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Replay;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary>A wish for a replay is understood wholly or refused.</summary>
public sealed class ReplayParametersTests
{
    [Fact]
    public void Every_parameter_is_understood_in_json_and_in_fhir()
    {
        const string json = """
            {"eventId": "7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10", "sourceSystem": "ops", "occurredAt": "2026-04-01T09:00:00+09:00",
             "from": "2026-04-01T00:00:00+09:00", "before": "2026-04-02T00:00:00Z", "patient": "urn:mrn|77", "source": "cart", "status": "classified",
             "urgency": "urgent", "label": "AFIB", "fromModel": "0a1b", "reason": "attempts-used-up", "model": "m", "dryRun": true,
             "why": "because", "key": "k-1", "perMinute": 30}
            """;
        const string fhir = """
            {"resourceType": "Parameters", "parameter": [
              {"name": "from", "valueDateTime": "2026-04-01T00:00:00+09:00"}, {"name": "before", "valueInstant": "2026-04-02T00:00:00Z"},
              {"name": "patient", "valueIdentifier": {"system": "urn:mrn", "value": "77"}}, {"name": "source", "valueString": "cart"},
              {"name": "status", "valueCode": "classified"}, {"name": "urgency", "valueCode": "urgent"}, {"name": "label", "valueCode": "AFIB"},
              {"name": "fromModel", "valueString": "0a1b"}, {"name": "reason", "valueCode": "attempts-used-up"}, {"name": "model", "valueString": "m"},
              {"name": "dryRun", "valueBoolean": true}, {"name": "why", "valueString": "because"}, {"name": "key", "valueId": "k-1"},
              {"name": "perMinute", "valuePositiveInt": 30}]}
            """;
        var expected = new ReplayRequest(
            "k-1",
            new ReplaySelection
            {
                ReceivedFrom = new(2026, 3, 31, 15, 0, 0, TimeSpan.Zero),
                ReceivedBefore = new(2026, 4, 2, 0, 0, 0, TimeSpan.Zero),
                Patient = "urn:mrn|77",
                SourceSystem = "cart",
                Status = StudyStatus.Classified,
                Urgency = Urgency.Urgent,
                Label = "AFIB",
                FromModel = "0a1b",
                Reason = "attempts-used-up",
            },
            "m",
            DryRun: true,
            "because",
            "somebody",
            30);

        Assert.All([json, fhir], body =>
        {
            var understood = Understood(body);
            Assert.Empty(understood.Typed);
            Assert.Equal(expected with { Typed = understood.Typed }, understood);
        });
    }

    [Theory]
    [InlineData("""{"name": "patient", "valueReference": {"reference": "Patient/a"}}""", "Patient/a")]
    [InlineData("""{"name": "patient", "valueReference": {"identifier": {"value": "7"}}}""", "|7")]
    [InlineData("""{"name": "patient", "valueString": "a"}""", "Patient/a")]
    public void A_patient_is_named_as_searches_name_one(string parameter, string expected)
    {
        var body = $$"""{"resourceType": "Parameters", "parameter": [{{parameter}}, {"name": "why", "valueString": "x"}]}""";
        Assert.Equal(expected, Understood(body).Selection.Patient);
    }

    [Theory]
    [InlineData("""{"why": "x"}""", "replay-selection-missing")]
    [InlineData("""{"why": "x", "all": false}""", "replay-selection-missing")]
    [InlineData("""{"why": "x", "all": true, "status": "failed"}""", "replay-selection-all-and-some")]
    [InlineData("""{"all": true}""", "replay-why-missing")]
    [InlineData("""{"all": true, "why": "  "}""", "replay-why-missing")]
    [InlineData("""{"why": "x", "statuss": "failed"}""", "replay-parameter-unknown")]
    [InlineData("""{"why": "x", "status": "failed", "priority": "stat"}""", "replay-parameter-unknown")]
    [InlineData("""{"why": "x", "status": "failed", "status": "rejected"}""", "replay-parameter-repeated")]
    [InlineData("""{"why": "x", "status": "received"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "status": "fail"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "urgency": "very"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "from": "2026-04-01T00:00:00"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "from": "2026-04-01"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "patient": "Group/1"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "patient": "urn:mrn|"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "fromModel": "%"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "all": true, "perMinute": 0}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "all": true, "perMinute": 1.5}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "all": true, "dryRun": "yes"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "all": true, "key": "a b"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "all": true, "label": ""}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "reason": "no-such-reason"}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x\u202Ey", "all": true}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x\u001by", "all": true}""", "replay-parameter-invalid")]
    [InlineData("""{"why": "x", "from": "2026-04-02T00:00:00Z", "before": "2026-04-01T00:00:00Z"}""", "replay-selection-contradictory")]
    [InlineData("""{"why": "x", "from": "2026-04-02T00:00:00Z", "before": "2026-04-02T09:00:00+09:00"}""", "replay-selection-contradictory")]
    [InlineData("""{"why": "x", "urgency": "urgent", "status": "rejected"}""", "replay-selection-contradictory")]
    [InlineData("""{"why": "x", "label": "AFIB", "status": "uncertain"}""", "replay-selection-contradictory")]
    public void What_is_not_understood_is_refused_with_its_reason(string body, string code)
    {
        Assert.True(ReplayMessages.TryReadParameters(Encoding.UTF8.GetBytes(body), new ServerBase([]), out var values, out _));
        var reasons = ReplayParameters.TryRead(values, ReplayWords.Parameters, "somebody", "k", out _);

        Assert.Contains(code, reasons.Select(reason => reason.Code));
    }

    [Theory]
    [InlineData("from", "10", "--from must be a time as ISO 8601 (2026-04-01, 2026-04-01T09:00, or with an offset), or an age from 1 such as 90m, 36h or 7d.")]
    [InlineData("fromModel", "xyz", "--from-model must be the SHA-256 of a model or its first 4 digits or more, such as 237b6c2b.")]
    [InlineData("status", "stat", "--status must be one of classified, uncertain, unanalysable, rejected, failed.")]
    [InlineData("urgency", "high", "--urgency must be one of critical, urgent, review, routine.")]
    [InlineData("perMinute", "abc", "--per-minute must be a whole number from 1 to 100000.")]
    [InlineData("key", "a b", "--key must be 1 to 128 letters, digits and . _ : -.")]
    public void A_refusal_on_the_command_line_names_the_option_and_what_it_takes(string name, string value, string sentence)
    {
        var reasons = ReplayParameters.TryRead(
            [new("source", "cart"), new("why", "x"), new(name, value)], ReplayWords.Options, "somebody", "k", out _);

        Assert.Equal($"The replay's parameter {sentence}", Assert.Single(reasons).En);
    }

    [Fact]
    public void What_lacks_or_does_not_fit_is_said_once_with_the_options_that_mend_it()
    {
        Assert.Equal(
            ["The replay does not say why: give --why, up to 500 characters and without a patient's name."],
            Refused([new("all", "true"), new("why", "")]));
        Assert.Equal(["The replay selects nothing: give a condition, or --all for every ECG."], Refused([new("why", "x")]));
        Assert.Equal(
            ["The replay asks for every ECG (--all) and for certain ones (--status): leave one of the two out."],
            Refused([new("all", "true"), new("status", "failed"), new("why", "x")]));

        static IEnumerable<string> Refused(IEnumerable<KeyValuePair<string, string>> values) =>
            ReplayParameters.TryRead(values, ReplayWords.Options, "somebody", "k", out _).Select(reason => reason.En);
    }

    [Theory]
    [InlineData("stauts", "stauts")]
    [InlineData("frommodel", "frommodel")]
    [InlineData("perMinutes", "perMinutes")]
    [InlineData("Yamada", "parameter[1]")]
    [InlineData("Kay", "parameter[1]")]
    public void An_unknown_parameter_is_named_where_it_is_a_slip_and_by_its_place_elsewhere(string name, string shown)
    {
        var reasons = ReplayParameters.TryRead([new("why", "x"), new(name, "x")], ReplayWords.Parameters, "somebody", "k", out _);

        var reason = Assert.Single(reasons, reason => reason.Code == "replay-parameter-unknown");
        Assert.Equal(shown, reason.Where);
        Assert.Contains($"parameter {shown} is not known", reason.En, StringComparison.Ordinal);
        Assert.Contains("known are from, before, patient,", reason.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_taken_in_upper_case_too()
    {
        var request = Understood("""{"why": "x", "status": "Classified", "urgency": "URGENT", "fromModel": "237B6C2B"}""");

        Assert.Equal((StudyStatus.Classified, Urgency.Urgent, "237b6c2b"), (request.Selection.Status, request.Selection.Urgency, request.Selection.FromModel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"why": null}""")]
    [InlineData("""{"why": ["x"]}""")]
    [InlineData("""{"resourceType": "Parameters", "parameter": [{"name": "all"}]}""")]
    [InlineData("""{"resourceType": "Parameters", "parameter": [{"name": "patient", "valueReference": {"display": "CANARY"}}]}""")]
    [InlineData("""{"resourceType": "Parameters", "parameter": [1]}""")]
    [InlineData("""{"why": "\ud800"}""")]
    public void What_is_no_set_of_parameters_is_refused(string body)
    {
        Assert.False(ReplayMessages.TryReadParameters(Encoding.UTF8.GetBytes(body), new ServerBase([]), out _, out var reason));
        Assert.Equal("replay-body-invalid", reason.Code);
    }

    [Fact]
    public void Only_a_ticket_is_a_ticket_and_no_bytes_end_in_a_fault()
    {
        var id = Guid.NewGuid();
        Assert.True(ReplayMessages.TryReadTicket(Encoding.UTF8.GetBytes($$"""{"jobId": "{{id}}", "ordinal": 7}"""), out var ticket));
        Assert.Equal(new ReplayTicket(id, 7), ticket);
        Assert.False(ReplayMessages.TryReadTicket(Encoding.UTF8.GetBytes($$"""{"eventId": "{{id}}", "jobId": "{{id}}", "ordinal": 7}"""), out _));
        Assert.False(ReplayMessages.TryReadTicket(Encoding.UTF8.GetBytes($$"""{"jobId": "{{id}}", "ordinal": 7.5}"""), out _));

        var random = new Random(20260401);
        var valid = Encoding.UTF8.GetBytes($$"""{"jobId": "{{id}}", "ordinal": 7, "why": "x", "all": true, "from": "2026-04-01T00:00:00Z"}""");
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = valid.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            var cut = mutated.AsMemory(0, random.Next(mutated.Length + 1));
            ReplayMessages.TryReadTicket(cut, out _);
            if (ReplayMessages.TryReadParameters(cut, new ServerBase([]), out var values, out _))
            {
                ReplayParameters.TryRead(values, ReplayWords.Parameters, "somebody", "k", out _);
            }
        }
    }

    private static ReplayRequest Understood(string body)
    {
        Assert.True(ReplayMessages.TryReadParameters(Encoding.UTF8.GetBytes(body), new ServerBase([]), out var values, out _));
        Assert.Empty(ReplayParameters.TryRead(values, ReplayWords.Parameters, "somebody", "unused", out var request));
        return request;
    }
}
