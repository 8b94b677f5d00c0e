// What Firely reads back may be null everywhere; where a test meets a null it fails, as it should.
#nullable disable warnings
using System.Net;
using System.Text;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Task = System.Threading.Tasks.Task;

namespace EcgIntegration.Worker.Tests.Fhir.Clients;

/// <summary>Firely's client for .NET, on the whole worker.</summary>
public sealed class FirelyClientTests(PostgresFixture postgres, RabbitMqFixture rabbitMq)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_does_what_an_EHR_does()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbitMq.CreateVirtualHostAsync();
        await using var worker = await HostedWorker.StartAsync(database, broker);
        using var client = new FhirClient(
            $"{worker.Http.BaseAddress}fhir", new FhirClientSettings { PreferredFormat = ResourceFormat.Json, VerifyFhirVersion = true, UseAsync = false });
        Assert.Equal(FHIRVersion.N4_0_1, (await client.CapabilityStatementAsync(ct: Stop)).FhirVersion);

        var patient = await client.CreateAsync(
            new Patient { Identifier = [new("urn:example:mrn", "firely-1")], Name = [new() { Text = "見本 花子", Family = "見本", Given = ["花子"] }] }, Stop);
        var again = await client.ConditionalCreateAsync(
            new Patient { Identifier = [new("urn:example:mrn", "firely-1")] }, new SearchParams("identifier", "urn:example:mrn|firely-1"), Stop);
        Assert.Equal(patient.Id, again.Id);

        var sample = (Observation)new FhirJsonDeserializer().Deserialize<Resource>(Encoding.UTF8.GetString(Repository.ReadSample(0)));
        sample.Id = null;
        sample.Subject = new ResourceReference($"Patient/{patient.Id}");
        var ecg = await client.CreateAsync(sample, Stop);
        Assert.Equal(
            ((SampledData)sample.Component[0].Value).Data, ((SampledData)ecg.Component[0].Value).Data);

        Bundle reports = null;
        await Eventually.TrueAsync("the report is there", async () =>
        {
            reports = await client.SearchAsync<DiagnosticReport>(
                new SearchParams("patient", patient.Id).Include("DiagnosticReport:result").ReverseInclude("Provenance:target"), Stop);
            return reports.Entry.Count > 0;
        });
        var report = Assert.Single(reports.Entry.Select(entry => entry.Resource).OfType<DiagnosticReport>());
        Assert.Equal(DiagnosticReport.DiagnosticReportStatus.Preliminary, report.Status);
        Assert.Contains(reports.Entry, entry => entry.Resource is Provenance && entry.Search.Mode == Bundle.SearchEntryMode.Include);

        patient.Gender = AdministrativeGender.Female;
        var updated = await client.UpdateAsync(patient, versionAware: true, Stop);
        Assert.Equal("2", updated.Meta.VersionId);
        patient.Gender = AdministrativeGender.Male;
        var stale = await Assert.ThrowsAsync<FhirOperationException>(() => client.UpdateAsync(patient, versionAware: true, Stop));
        Assert.Equal((HttpStatusCode.PreconditionFailed, true), (stale.Status, stale.Outcome.Issue.Count > 0));
        Assert.Equal(2, (await client.HistoryAsync($"Patient/{patient.Id}", ct: Stop)).Entry.Count);
        Assert.Null((await client.ReadAsync<Patient>($"Patient/{patient.Id}/_history/1", ct: Stop)).Gender);

        var page = await client.SearchAsync<Observation>(new SearchParams("patient", patient.Id).LimitTo(1).SummaryOnly(), Stop);
        var seen = new HashSet<string>();
        while (page is not null)
        {
            Assert.All(page.Entry, entry => Assert.True(seen.Add(entry.Resource.Id)));
            page = await client.ContinueAsync(page, ct: Stop);
        }

        Assert.Contains(ecg.Id, seen);
        Assert.Equal(report.Result.Count + 1, seen.Count);

        report.Status = DiagnosticReport.DiagnosticReportStatus.Final;
        Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<FhirOperationException>(() => client.UpdateAsync(report, versionAware: false, Stop))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<FhirOperationException>(() => client.ReadAsync<Patient>("Patient/unknown", ct: Stop))).Status);

        var other = await client.CreateAsync(new Patient { Active = true }, Stop);
        await client.DeleteAsync($"Patient/{other.Id}", ct: Stop);
        Assert.Equal(HttpStatusCode.Gone, (await Assert.ThrowsAsync<FhirOperationException>(() => client.ReadAsync<Patient>($"Patient/{other.Id}", ct: Stop))).Status);
    }

    [Fact]
    public async Task A_transaction_is_stored_whole_and_its_references_are_resolved()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbitMq.CreateVirtualHostAsync();
        await using var worker = await HostedWorker.StartAsync(database, broker);
        using var client = new FhirClient($"{worker.Http.BaseAddress}fhir", new FhirClientSettings { PreferredFormat = ResourceFormat.Json });
        const string patient = "urn:uuid:0d0f6b0e-5f8e-4c0c-9a7d-0f0d3f0c2a11";
        var ecg = (Observation)new FhirJsonDeserializer().Deserialize<Resource>(Encoding.UTF8.GetString(Repository.ReadSample(1)));
        ecg.Id = null;
        ecg.Subject = new ResourceReference(patient);

        var answer = await client.TransactionAsync(
            new Bundle
            {
                Type = Bundle.BundleType.Transaction,
                Entry =
                [
                    new() { FullUrl = patient, Resource = new Patient { Active = true }, Request = new() { Method = Bundle.HTTPVerb.POST, Url = "Patient" } },
                    new() { Resource = ecg, Request = new() { Method = Bundle.HTTPVerb.POST, Url = "Observation" } },
                ],
            },
            Stop);

        Assert.All(answer.Entry, entry => Assert.StartsWith("201", entry.Response.Status, StringComparison.Ordinal));
        var stored = await client.ReadAsync<Observation>(new Uri(answer.Entry[1].Response.Location, UriKind.RelativeOrAbsolute), ct: Stop);
        Assert.Contains(stored.Subject.Reference["Patient/".Length..], answer.Entry[0].Response.Location, StringComparison.Ordinal);
        await Eventually.TrueAsync("the report is there", async () =>
            (await client.SearchAsync<DiagnosticReport>(new SearchParams("subject", stored.Subject.Reference), Stop)).Entry.Count == 1);
    }
}
