using System.Globalization;
using EcgIntegration.LocalServers;
using EcgIntegration.TestKit;
using Npgsql;

namespace EcgIntegration.FhirQueries;

/// <summary>
/// One run: seeds, measures, seeds on. Each request is one round trip of one client, with the audit record that it leaves; kinds
/// take turns, so that a busy moment of the machine hits all of them.
/// </summary>
internal static class QueryRun
{
    private const int WarmUp = 100;
    private const int StudiesAPatient = 4;

    private static readonly (string Name, Func<Random, int, string> Path)[] Kinds =
    [
        ("read a report", (random, studies) => $"/fhir/DiagnosticReport/{Study(random, studies)}-report"),
        ("read an ECG, 5,000 x 12 samples", (random, studies) => $"/fhir/Observation/{Study(random, studies)}"),
        ("reports of a patient", (random, studies) => $"/fhir/DiagnosticReport?patient={Patient(random, studies)}"),
        ("reports of a patient, with findings", (random, studies) => $"/fhir/DiagnosticReport?patient={Patient(random, studies)}&_include=DiagnosticReport:result"),
        ("urgent worklist, newest first", (_, _) => "/fhir/Task?status=requested&priority=stat,asap&_sort=-authored-on&_count=20"),
        ("urgent worklist, longest waiting first", (_, _) => "/fhir/Task?status=requested&priority=stat,asap&_sort=authored-on&_count=20"),
        ("open worklist, by priority", (_, _) => "/fhir/Task?status=requested&_sort=priority&_count=20"),
        ("patients by name", (_, _) => "/fhir/Patient?_sort=name&_count=20"),
        ("audit records, oldest of five minutes", (_, _) => $"/fhir/AuditEvent?date=ge{TimeProvider.System.GetUtcNow().AddMinutes(-5):yyyy-MM-dd'T'HH:mm:ss'Z'}&_sort=date&_count=20"),
    ];

    /// <summary>Runs it.</summary>
    /// <returns>0 where every request was answered.</returns>
    public static async Task<int> RunAsync(int[] sizes, int requests, CancellationToken cancellationToken)
    {
        var servers = new PrivateServerOptions { EndsWithStarter = true };
        using var databaseFolder = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var database = await PrivatePostgres.StartAsync(databaseFolder.Path, servers, cancellationToken);
        await using var broker = await PrivateRabbitMq.StartAsync(brokerFolder.Path, servers, cancellationToken);
        await using var worker = await WorkerProcess.StartAsync(database.ConnectionString, broker.AmqpUri, Repository.Model);
        Console.WriteLine("studies | query | p50 ms | p95 ms | p99 ms");
        foreach (var size in sizes.Order())
        {
            await SeedAsync(database, size, cancellationToken);
            var times = Kinds.Select(_ => new List<double>(requests)).ToList();
            var random = new Random(size);
            for (var request = -WarmUp; request < requests; request++)
            {
                for (var kind = 0; kind < Kinds.Length; kind++)
                {
                    var took = await AskAsync(worker.Http, Kinds[kind].Path(random, size), cancellationToken);
                    if (request >= 0)
                    {
                        times[kind].Add(took);
                    }
                }
            }

            for (var kind = 0; kind < Kinds.Length; kind++)
            {
                times[kind].Sort();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{size} | {Kinds[kind].Name} | {At(times[kind], 0.5):0.0} | {At(times[kind], 0.95):0.0} | {At(times[kind], 0.99):0.0}"));
            }
        }

        return await worker.StopAsync();
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

    private static string Study(Random random, int studies) => string.Create(CultureInfo.InvariantCulture, $"seed-{random.Next(studies):0000000}");

    private static string Patient(Random random, int studies) =>
        string.Create(CultureInfo.InvariantCulture, $"seed-p{random.Next(Math.Max(1, studies / StudiesAPatient)):0000000}");

    private static async Task<double> AskAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var answer = await http.GetAsync(path, cancellationToken);
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        answer.EnsureSuccessStatusCode();
        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Seeds by the product's own verb, and lets the server take note of what it holds, as it would by itself in time.</summary>
    private static async Task SeedAsync(PrivatePostgres database, int studies, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var seeded = await EcgProcess.RunAsync(
            ["seed", studies.ToString(CultureInfo.InvariantCulture)],
            new Dictionary<string, string> { ["ECG_Postgres__ConnectionString"] = database.ConnectionString, ["ECG_HOME"] = Repository.Root },
            cancellationToken);
        if (seeded.ExitCode != 0)
        {
            throw new InvalidOperationException(seeded.Error);
        }

        await using var source = NpgsqlDataSource.Create(database.ConnectionString + ";Command Timeout=1800");
        await using var analyse = source.CreateCommand("VACUUM ANALYZE");
        await analyse.ExecuteNonQueryAsync(cancellationToken);

        // What was seeded is written out before anything is measured: a hospital does not store a million studies in the second before.
        await using var administrator = NpgsqlDataSource.Create(database.AdministratorConnectionString + ";Command Timeout=1800");
        await using var checkpoint = administrator.CreateCommand("CHECKPOINT");
        await checkpoint.ExecuteNonQueryAsync(cancellationToken);
        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{studies} studies after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s"));
    }
}
