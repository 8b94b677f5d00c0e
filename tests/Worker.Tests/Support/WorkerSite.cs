using System.Text;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Review;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The worker's reading side, FHIR, events and the page, on a free port over a database of its own.</summary>
public sealed class WorkerSite(PostgresFixture postgres) : IAsyncLifetime
{
    private TestDatabase? _database;
    private WebApplication? _application;

    public HttpClient Http { get; } = new(new HttpClientHandler { AllowAutoRedirect = false });

    /// <summary>Its database.</summary>
    public string ConnectionString => _database!.ConnectionString;

    public IServiceProvider Services => _application!.Services;

    public IStudyLedger Ledger => Services.GetRequiredService<IStudyLedger>();

    public IAuditLog Audit => Services.GetRequiredService<IAuditLog>();

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection([new($"{DatabaseOptions.Section}:ConnectionString", _database.ConnectionString)]);
        builder.Services.AddEcgPersistence(builder.Configuration).AddFhir();
        _application = builder.Build();
        _application.MapFhir();
        _application.MapEvents();
        _application.MapReview();
        await _application.Services.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        await _application.StartAsync();
        Http.BaseAddress = new Uri(_application.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _application!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    /// <summary>Stores one finished study with a report of a patient.</summary>
    public async Task<LedgerEntry> StoreStudyAsync(string patient, string date, StudyCompletion? completion = null, string? observation = null, EventPriority priority = EventPriority.Routine)
    {
        var id = "s" + Guid.NewGuid().ToString("N")[..12];
        observation ??= $$"""
            {"resourceType": "Observation", "status": "final", "subject": {"reference": "{{patient}}", "display": "CANARY 太郎"},
             "effectiveDateTime": "{{date}}", "valueSampledData": {"origin": {"value": 0}, "period": 2, "dimensions": 1, "data": "1 2 3"} }
            """;
        var now = TimeProvider.System.GetUtcNow();
        var received = await Ledger.ReceiveAsync(
            new NewStudy(Guid.NewGuid(), "cart-7", null, priority, now, Convert.ToHexStringLower(Encoding.ASCII.GetBytes(id)), id, null,
                Encoding.UTF8.GetBytes(observation), "input", "model", now.AddHours(1)),
            CancellationToken.None);
        completion ??= new StudyCompletion(
            StudyStatus.Classified, Urgency.Urgent, [],
            [new LedgerSuggestion("AFIB", "心房細動", "atrial fibrillation", 0.97, 0.41)],
            "report-" + id,
            [new NewResource("DiagnosticReport", "report-" + id, Encoding.UTF8.GetBytes(
                $$"""{"resourceType": "DiagnosticReport", "status": "preliminary", "subject": {"reference": "{{patient}}"}, "effectiveDateTime": "{{date}}", "conclusion": "心房細動"}"""))],
            new StudyExecution("cpu", "fp32", 1, new Dictionary<string, float>()));
        return await Ledger.CompleteAsync(received.Entry.EventId, completion with { Priority = priority }, CancellationToken.None);
    }

    /// <summary>The patients whose data was shown, oldest first.</summary>
    public async Task<IReadOnlyList<string>> AuditTrailAsync()
    {
        var trail = new List<string>();
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            "SELECT concat_ws(' ', actor, action, resource, patient, array_to_string(other_patients, ' '), results) FROM audit ORDER BY sequence");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            trail.Add(reader.GetString(0));
        }

        return trail;
    }

    /// <summary>A reason for tests.</summary>
    public static Reason Reason { get; } = new("lead-missing", "component[8]", "Lead V3 is missing.", "V3誘導がありません。");
}
