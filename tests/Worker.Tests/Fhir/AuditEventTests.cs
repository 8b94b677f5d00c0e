using System.Net;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Worker.Tests.Fhir.Writing;
using EcgIntegration.Worker.Tests.Support;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using static EcgIntegration.Worker.Tests.Fhir.Writing.FhirCalls;
using static EcgIntegration.Worker.Tests.Support.SeededSite;
using Task = System.Threading.Tasks.Task;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary>Audit records as AuditEvents.</summary>
public sealed class AuditEventTests(SeededSite site) : IClassFixture<SeededSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_saw_a_patient_s_data_is_found_newest_first_page_by_page()
    {
        foreach (var actor in new[] { "sato", "suzuki", "sato" })
        {
            await RecordAsync(actor, "Patient/seen");
        }

        await RecordAsync("sato", "urn:mrn|seen");
        await RecordAsync("sato", null);

        var actors = new List<string?>();
        for (var next = "/fhir/AuditEvent?patient=seen&date=ge2026-01-01&_count=2"; next is not null;)
        {
            var bundle = await site.GetAsync(next);
            actors.AddRange(Entries(bundle).Select(entry => entry.GetProperty("resource").GetProperty("agent")[0].GetProperty("altId").GetString()));
            next = Link(bundle, "next");
            await RecordAsync("tanaka", "Patient/seen");
        }

        Assert.Equal(["sato", "suzuki", "sato"], actors);
        Assert.Contains("anonymous@loopback search AuditEvent Patient/seen 2", await site.Site.AuditTrailAsync());
    }

    [Theory]
    [InlineData("altid=yamada", 2)]
    [InlineData("altid=|yamada", 2)]
    [InlineData("altid=urn:x|yamada", 0)]
    [InlineData("altid:not=yamada&agent-name=yama", 0)]
    [InlineData("agent:identifier=yamada", 2)]
    [InlineData("agent=Practitioner/1", 0)]
    [InlineData("agent-name=YAM", 2)]
    [InlineData("agent-name:contains=mad", 2)]
    [InlineData("agent-name:exact=Yamada", 0)]
    [InlineData("altid=yamada&patient=p1", 1)]
    [InlineData("altid=yamada&patient:identifier=urn:mrn|0042", 1)]
    [InlineData("altid=yamada&patient:identifier=0042", 1)]
    [InlineData("altid=yamada&patient:identifier=urn:mrn|", 1)]
    [InlineData("altid=yamada&patient:missing=true", 0)]
    [InlineData("altid=yamada&patient:missing=false", 2)]
    [InlineData("altid=yamada&date=lt2020", 0)]
    [InlineData("altid=yamada&date=gt2020", 2)]
    [InlineData("altid=yamada&_tag=x", 0)]
    [InlineData("altid=yamada&_tag:missing=true&date:missing=false", 2)]
    [InlineData("altid=yamada&_id=0,x", 0)]
    public async Task Records_are_found_by_each_parameter(string query, int count)
    {
        if (Ids(await site.GetAsync("/fhir/AuditEvent?altid=yamada")).Count == 0)
        {
            await RecordAsync("yamada", "Patient/p1");
            await RecordAsync("yamada", "urn:mrn|0042");
        }

        var bundle = await site.GetAsync("/fhir/AuditEvent?_total=accurate&" + query, HttpStatusCode.OK, "handling=strict");
        Assert.Equal((count, count), (Ids(bundle).Count, bundle.GetProperty("total").GetInt32()));
    }

    [Fact]
    public async Task What_is_refused_is_on_record_with_its_status_and_whose_it_is()
    {
        using var missing = await site.Http.GetAsync("/fhir/Patient/not-there", Stop);
        using var name = await site.Http.GetAsync("/fhir/Patient/山田", Stop);
        using var malformed = await site.Http.GetAsync("/fhir/Patient?_count=x", Stop);
        var id = NewId();
        using var put = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id));
        using var stale = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, "121"), ("If-Match", "W/\"99\""));
        using var theirs = await site.Http.PutAsync("/fhir/Observation/ecg1", Observation("ecg1"));
        using var invalid = await site.Http.PostAsync("/fhir/Observation", """{"resourceType":"Observation"}""");
        using var batch = await site.Http.PostAsync("/fhir", """
            {"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/nor-here"}},
             {"request":{"method":"PUT","url":"Observation/ID","ifMatch":"W/\"98\""},"resource":OBSERVATION}]}
            """.Replace("OBSERVATION", Observation(id, "122"), StringComparison.Ordinal).Replace("ID", id, StringComparison.Ordinal));

        var trail = await site.Site.AuditTrailAsync();
        Assert.Equal(
            (404, 404, 412, 403, 422, 200),
            ((int)missing.StatusCode, (int)name.StatusCode, (int)stale.StatusCode, (int)theirs.StatusCode, (int)invalid.StatusCode, (int)batch.StatusCode));
        Assert.Contains("anonymous@loopback read: 404 Patient/not-there Patient/not-there 0", trail);
        Assert.Contains("anonymous@loopback read: 404 Patient 0", trail);
        Assert.Contains("anonymous@loopback create: 422 Observation 0", trail);
        Assert.Contains("anonymous@loopback read: 404 Patient/nor-here Patient/nor-here 0", trail);
        Assert.Equal(2, trail.Count(record => record == $"anonymous@loopback update: 412 Observation/{id} Patient/w1 0"));
        Assert.Contains("anonymous@loopback update: 403 Observation/ecg1 Patient/p1 0", trail);
        Assert.DoesNotContain(trail, record => record.Contains("400", StringComparison.Ordinal) || record.Contains("山田", StringComparison.Ordinal));

        var found = Entries(await site.GetAsync("/fhir/AuditEvent?patient=not-there")).First().GetProperty("resource");
        var audit = Assert.IsType<AuditEvent>(FhirJsonDeserializer.STRICT.DeserializeResource(found.GetRawText()));
        Assert.Equal((AuditEvent.AuditEventOutcome.N4, "HTTP 404", "read"), (audit.Outcome, audit.OutcomeDesc, audit.Subtype[0].Code));
    }

    [Fact]
    public async Task A_record_is_r4_as_firely_reads_it_strictly_and_says_what_was_done()
    {
        using var read = await site.Http.GetAsync("/fhir/Observation/ecg1", Stop);
        var found = await site.GetAsync("/fhir/AuditEvent?patient=p1&_sort=-date&_count=1&_include=AuditEvent:patient");
        var json = Entries(found).First().GetProperty("resource").GetRawText();
        var audit = Assert.IsType<AuditEvent>(FhirJsonDeserializer.STRICT.DeserializeResource(json));

        Assert.Equal(("R", "read"), (Hl7.Fhir.Utility.EnumUtility.GetLiteral(audit.Action), audit.Subtype[0].Code));
        Assert.Equal(["Observation/ecg1/_history/1", "Patient/p1"], audit.Entity.Select(entity => entity.What!.Reference));
        Assert.Equal("anonymous@loopback", audit.Agent[0].Name);
        Assert.Equal(["p1"], Ids(found, "include"));
        Assert.Equal(audit.Id, (await site.GetAsync("/fhir/AuditEvent/" + audit.Id)).GetProperty("id").GetString());
        Assert.Contains($"anonymous@loopback read AuditEvent/{audit.Id}/_history/1 Patient/p1 1", await site.Site.AuditTrailAsync());
        Assert.Contains("SUBSETTED", (await site.GetAsync($"/fhir/AuditEvent/{audit.Id}?_summary=true")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_record_of_several_patients_is_found_under_each_and_names_all()
    {
        await site.GetAsync("/fhir/Observation?_id=ecg1,ecg2&_sort=_id");
        var ids = new List<string>();
        foreach (var patient in new[] { "p1", "p2" })
        {
            var found = await site.GetAsync($"/fhir/AuditEvent?patient={patient}&_sort=-_id&_count=5");
            ids.Add(Entries(found).Select(entry => entry.GetProperty("resource")).First(record => record.GetRawText().Contains("\"search\"", StringComparison.Ordinal)
                && record.GetProperty("entity").GetArrayLength() == 3).GetProperty("id").GetString()!);
        }

        Assert.Equal(ids[0], ids[1]);
        var audit = await site.GetAsync("/fhir/AuditEvent/" + ids[0]);
        Assert.Equal(["Patient/p1", "Patient/p2"], audit.GetProperty("entity").EnumerateArray().Skip(1).Select(entity => entity.GetProperty("what").GetProperty("reference").GetString()));
        Assert.Contains($"anonymous@loopback read AuditEvent/{ids[0]}/_history/1 Patient/p1 Patient/p2 1", await site.Site.AuditTrailAsync());
    }

    [Theory]
    [InlineData("/fhir/AuditEvent/999999999", HttpStatusCode.NotFound)]
    [InlineData("/fhir/AuditEvent/99999999999999999999", HttpStatusCode.NotFound)]
    [InlineData("/fhir/AuditEvent/x", HttpStatusCode.NotFound)]
    [InlineData("/fhir/AuditEvent/_history", HttpStatusCode.NotFound)]
    [InlineData("/fhir/AuditEvent?patient.name=x", HttpStatusCode.BadRequest)]
    [InlineData("/fhir/Patient?_revinclude=AuditEvent:patient", HttpStatusCode.BadRequest)]
    public async Task What_records_do_not_offer_is_refused(string path, HttpStatusCode status) => await site.GetAsync(path, status, "handling=strict");

    private Task RecordAsync(string actor, string? patient) => site.Site.Audit.RecordAsync(new AuditRecord(actor, "read", "Observation/x/_history/1", patient, 1), Stop);
}
