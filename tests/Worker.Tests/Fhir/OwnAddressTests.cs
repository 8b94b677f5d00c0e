using System.Net;
using System.Text;
using System.Text.Json;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Fhir.Writing;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Fhir.Writing.FhirCalls;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary>A patient is one patient, whether a client names it by this server's own address or by its id.</summary>
public sealed class OwnAddressTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const string Token = "0123456789abcdef01234567";
    private const string PublicUrl = "https://ecg.example.jp";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_ecg_whose_patient_is_named_by_the_server_s_own_address_is_that_patient_s()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var own = $"{worker.Http.BaseAddress}fhir/Patient/";
        foreach (var id in new[] { "posted", "sent", "bundled" })
        {
            using var put = await worker.Http.PutAsync($"/fhir/Patient/{id}", Patient(id, id));
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }

        using var posted = await worker.Http.PostAsync("/fhir/Observation", Ecg(null, 0, own + "posted"));
        await worker.Events.OutcomeAsync(EventOf(posted));
        await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(
            Encoding.UTF8.GetBytes(Ecg("by-event", 3, $"http://localhost:{worker.Http.BaseAddress!.Port}/fhir/Patient/sent"))));
        using var bundled = await worker.Http.PostAsync("/fhir", $$"""
            {"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{Ecg(null, 5, own + "bundled")}},"request":{"method":"POST","url":"{{worker.Http.BaseAddress}}fhir/Observation"} },
             {"resource":{{Observation(null, patient: own + "bundled")}},"request":{"method":"POST","url":"Observation"} }]}
            """);
        Assert.Equal(HttpStatusCode.OK, bundled.StatusCode);

        Assert.Equal("Patient/posted", await SubjectAsync(worker, (await posted.JsonAsync()).GetProperty("id").GetString()!));
        Assert.Equal("Patient/sent", await SubjectAsync(worker, "by-event"));
        await Eventually.TrueAsync("all have reports", async () => await CountAsync(worker, "DiagnosticReport?_total=accurate") == 3);
        foreach (var id in new[] { "posted", "sent", "bundled" })
        {
            Assert.Equal(1, await CountAsync(worker, $"DiagnosticReport?patient={id}"));
            Assert.Equal(1, await CountAsync(worker, $"DiagnosticReport?patient={own}{id}"));
            Assert.Equal(1, await CountAsync(worker, $"DiagnosticReport?patient.identifier=urn:test:mrn|{id}"));
            Assert.Equal(1, await CountAsync(worker, $"Task?patient={id}"));
            Assert.True(await CountAsync(worker, $"Observation?subject=Patient/{id}") >= 1);
            using var deleted = await worker.Http.RemoveAsync($"/fhir/Patient/{id}");
            Assert.Equal(HttpStatusCode.Conflict, deleted.StatusCode);
        }

        Assert.True(await CountAsync(worker, "AuditEvent?patient=Patient/posted") > 0);
        using var preview = await worker.Http.PostAsync("/fhir/$replay-preview", $$"""{"patient":"{{own}}sent"}""", ("Content-Type", "application/json"));
        var count = (await preview.JsonAsync()).GetProperty("parameter").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "count");
        Assert.Equal("1", count.EnumerateObject().Last().Value.ToString());
    }

    [Fact]
    public async Task Links_are_made_of_the_public_address_and_not_of_the_host_that_a_client_names()
    {
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, new Dictionary<string, string?> { ["Security:Token"] = Token, ["Http:PublicUrl"] = PublicUrl });
        (string, string)[] headers = [("Authorization", $"Bearer {Token}"), ("Host", "evil.example.org")];

        using var created = await worker.Http.PostAsync("/fhir/Patient", Patient(null, "p"), headers);
        var id = (await created.JsonAsync()).GetProperty("id").GetString();
        using var found = await worker.Http.SendAsync(HttpMethod.Get, "/fhir/Patient?_count=1", null, headers);
        using var metadata = await worker.Http.SendAsync(HttpMethod.Get, "/fhir/metadata", null, headers);
        using var observed = await worker.Http.PostAsync("/fhir/Observation", Observation(null, patient: $"{PublicUrl}/fhir/Patient/{id}"), headers);
        using var looped = await worker.Http.PostAsync("/fhir/Observation", Observation(null, patient: $"{worker.Http.BaseAddress}fhir/Patient/{id}"), headers);
        using var foreign = await worker.Http.PostAsync("/fhir/Observation", Observation(null, patient: $"http://evil.example.org/fhir/Patient/{id}"), headers);

        Assert.StartsWith($"{PublicUrl}/fhir/Patient/{id}/_history/1", created.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal($"{PublicUrl}/fhir/Patient/{id}", (await found.JsonAsync()).GetProperty("entry")[0].GetProperty("fullUrl").GetString());
        foreach (var response in new[] { found, metadata })
        {
            Assert.DoesNotContain("evil", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        Assert.Equal($"Patient/{id}", SubjectOf(await observed.JsonAsync()));
        Assert.Equal($"Patient/{id}", SubjectOf(await looped.JsonAsync()));
        Assert.Equal($"http://evil.example.org/fhir/Patient/{id}", SubjectOf(await foreign.JsonAsync()));
    }

    private static async Task<string?> SubjectAsync(RunningWorker worker, string observation) =>
        SubjectOf(await worker.JsonAsync($"/fhir/Observation/{observation}"));

    private static string? SubjectOf(JsonElement resource) => resource.GetProperty("subject").GetProperty("reference").GetString();

    private static async Task<int> CountAsync(RunningWorker worker, string search)
    {
        var bundle = await worker.JsonAsync($"/fhir/{search}");
        return bundle.TryGetProperty("entry", out var entries)
            ? entries.EnumerateArray().Count(entry => entry.GetProperty("search").GetProperty("mode").GetString() == "match")
            : 0;
    }

    private static Guid EventOf(HttpResponseMessage response)
    {
        var link = Assert.Single(response.Headers.GetValues("Link"));
        return Guid.Parse(link[(link.IndexOf("/events/", StringComparison.Ordinal) + "/events/".Length)..link.IndexOf('>', StringComparison.Ordinal)]);
    }
}
