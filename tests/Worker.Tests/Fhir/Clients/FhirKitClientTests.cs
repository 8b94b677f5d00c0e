using System.Diagnostics;
using System.Text.Json;
using EcgIntegration.LocalServers;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Fhir.Clients;

/// <summary>The client that many SMART apps use, from npm.</summary>
public sealed class FhirKitClientTests(PostgresFixture postgres, RabbitMqFixture rabbitMq)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_writes_waits_for_the_report_searches_pages_and_is_refused_with_an_OperationOutcome()
    {
        await DebianPackages.EnsureAsync(DebianPackages.Npm, progress: null, Stop);
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Repository.File("tests", "Worker.Tests", "Fhir", "Clients", "fhir-kit")))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        await RunAsync(folder.Path, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbitMq.CreateVirtualHostAsync();
        await using var worker = await HostedWorker.StartAsync(database, broker);

        var output = await RunAsync(folder.Path, "node", "client.cjs", $"{worker.Http.BaseAddress}fhir", Repository.Samples[0]);
        using var seen = JsonDocument.Parse(output);
        Assert.Equal(
            """{"fhirVersion":"4.0.1","samples":true,"reports":1,"status":"preliminary","byName":true,"updated":"2","old":null,"history":2,"refused":[403,"OperationOutcome"],"batch":["200","404"]}""",
            Without(seen, "paged"));
        Assert.InRange(seen.RootElement.GetProperty("paged").GetInt32(), 1, 10);
    }

    private static string Without(JsonDocument document, string name) => JsonSerializer.Serialize(
        document.RootElement.EnumerateObject().Where(property => property.Name != name).ToDictionary(property => property.Name, property => property.Value));

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = process.StandardError.ReadToEndAsync(Stop);
        try
        {
            await process.WaitForExitAsync(Stop);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.True(process.ExitCode == 0, $"{program} {arguments[0]}: {await error}");
        return await output;
    }
}
