using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.TestKit;
using EcgIntegration.TestKit.Load;
using EcgIntegration.Worker.Tests.Support;
using Hl7.Fhir.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Commands.Seeding;

/// <summary>A site of its own: other tests' studies would be in the way.</summary>
public sealed class SeedCommandTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly WorkerSite _site = new(postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IFhirStore Store => _site.Services.GetRequiredService<IFhirStore>();

    public ValueTask InitializeAsync() => _site.InitializeAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task It_makes_as_many_studies_as_asked_and_what_is_there_counts()
    {
        var first = await SeedAsync("seed", "70", "--json");
        Assert.Equal((0, "{\"studies\":70,\"added\":70}\n"), (first.ExitCode, first.Output));
        Assert.Equal("{\"studies\":75,\"added\":5}\n", (await SeedAsync("seed", "75", "--json")).Output);
        Assert.Equal("{\"studies\":75,\"added\":0}\n", (await SeedAsync("seed", "60", "--json")).Output);

        Assert.Equal(75L, await CountAsync("SELECT count(*) FROM study WHERE is_current AND status IN ('classified', 'uncertain', 'unanalysable')"));
        Assert.Equal(19L, await CountAsync("SELECT count(*) FROM resource WHERE type = 'Patient'"));
        Assert.Equal(Repository.Samples.Count, await CountAsync("SELECT count(*) FROM samples"));
        Assert.Empty(await LedgerProof.ViolationsAsync(_site.ConnectionString, Stop));
    }

    [Fact]
    public async Task What_it_makes_reads_as_what_the_pipeline_made()
    {
        Assert.Equal(0, (await SeedAsync("seed", "40")).ExitCode);
        for (var number = 0; number < 40; number++)
        {
            var ecg = await Store.ReadAsync("Observation", $"seed-{number:0000000}", Stop);
            var sample = ObservationSignalReader.Read(Repository.ReadSample(number % Repository.Samples.Count)).Recording!;
            Assert.Equal(sample.ComputeSha256(), ObservationSignalReader.Read(ecg!.Json.Span).Recording!.ComputeSha256());
            Assert.Equal($"Patient/seed-p{number / 4:0000000}", ecg.Patient);
            var ledger = await _site.Ledger.CurrentResultAsync(ecg.Id, Stop);
            foreach (var resource in ledger!.Resources.Append(ecg))
            {
                var reader = new Utf8JsonReader(resource.Json.Span);
                FhirJsonDeserializer.STRICT.DeserializeResource(ref reader);
                var text = System.Text.Encoding.UTF8.GetString(resource.Json.Span);
                Assert.DoesNotContain("template", text, StringComparison.Ordinal);
                Assert.DoesNotContain("5eed5eed", text, StringComparison.Ordinal);
                Assert.DoesNotContain("2001-02-03", text, StringComparison.Ordinal);
                Assert.Equal(ecg.Patient, resource.Patient);
            }
        }
    }

    [Fact]
    public async Task Invented_studies_are_not_mixed_with_others_unasked()
    {
        await _site.StoreStudyAsync("Patient/real", "2026-01-01");

        var refused = await SeedAsync("seed", "3");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--anyway", Assert.Single(refused.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(1L, await CountAsync("SELECT count(*) FROM study"));

        Assert.Equal(0, (await SeedAsync("seed", "3", "--anyway")).ExitCode);
        Assert.Equal(4L, await CountAsync("SELECT count(*) FROM study"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999")]
    public async Task A_wrong_number_is_wrong_usage_in_one_sentence(string number)
    {
        var result = await SeedAsync("seed", number);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = _site.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    private Task<EcgResult> SeedAsync(params string[] arguments) => EcgProcess.RunAsync(
        arguments,
        new Dictionary<string, string>
        {
            ["ECG_Postgres__ConnectionString"] = _site.ConnectionString,
            ["ECG_HOME"] = Repository.Root,
            ["ECG_Model__Path"] = Repository.Model,
        },
        Stop);
}
