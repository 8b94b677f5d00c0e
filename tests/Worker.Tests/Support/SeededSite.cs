using System.Net;
using System.Text;
using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>A <see cref="WorkerSite"/> with two patients, their ECGs and what a machine wrote of the first.</summary>
public sealed class SeededSite(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly (string Type, string Id, string Json)[] Resources =
    [
        ("Patient", "p1", """
            {"resourceType": "Patient", "identifier": [{"system": "urn:mrn", "value": "0042"}], "birthDate": "1950-01-02",
             "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>x</div>"}, "photo": [{"url": "http://x"}],
             "name": [{"family": "山田", "given": ["太郎"]}, {"family": "ヤマダ", "given": ["タロウ"]}]}
            """),
        ("Patient", "p2", """{"resourceType": "Patient", "identifier": [{"system": "urn:mrn", "value": "0043"}], "birthDate": "1960-05", "name": [{"text": "佐藤 花子"}]}"""),
        ("Observation", "ecg1", Ecg("p1", "2026-01-01T09:00:00+09:00", "e1")),
        ("Observation", "ecg2", Ecg("p2", "2026-02-01T09:00:00+09:00", "e2")),
        ("Observation", "f1", """
            {"resourceType": "Observation", "status": "preliminary", "code": {"coding": [{"system": "urn:label", "code": "AFIB"}]},
             "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-01-01T09:00:00+09:00", "derivedFrom": [{"reference": "Observation/ecg1"}],
             "device": {"reference": "Device/model"}, "meta": {"security": [{"system": "urn:security", "code": "AIAST"}], "profile": ["http://example.org/finding"]}}
            """),
        ("DiagnosticReport", "r1", """
            {"resourceType": "DiagnosticReport", "status": "preliminary", "code": {"coding": [{"system": "urn:doc", "code": "28010-7"}]},
             "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-01-01T09:00:00+09:00", "issued": "2026-01-01T09:01:00+09:00",
             "result": [{"reference": "Observation/f1"}], "conclusion": "心房細動", "conclusionCode": [{"coding": [{"system": "urn:label", "code": "AFIB"}]}]}
            """),
        ("Provenance", "v1", """
            {"resourceType": "Provenance", "target": [{"reference": "DiagnosticReport/r1/_history/1"}, {"reference": "Observation/f1/_history/1"}],
             "recorded": "2026-01-01T09:01:00+09:00", "agent": [{"who": {"reference": "Device/model"}}], "entity": [{"role": "source", "what": {"reference": "Observation/ecg1"}}]}
            """),
        ("Task", "t1", """
            {"resourceType": "Task", "status": "requested", "intent": "order", "priority": "urgent", "focus": {"reference": "DiagnosticReport/r1"},
             "for": {"reference": "Patient/p1"}, "authoredOn": "2026-01-01T09:01:00+09:00", "lastModified": "2026-01-01T09:02:00+09:00",
             "owner": {"reference": "Practitioner/d1"}}
            """),
        ("Device", "model", """{"resourceType": "Device", "status": "active", "identifier": [{"system": "urn:model", "value": "abc"}]}"""),
        ("Subscription", "s1", """
            {"resourceType": "Subscription", "status": "off", "reason": "test", "criteria": "urn:ecg-integration:topic:urgent-report",
             "channel": {"type": "rest-hook", "endpoint": "https://ehr.example/notify"} }
            """),
    ];

    /// <summary>The site.</summary>
    public WorkerSite Site { get; } = new(postgres);

    public HttpClient Http => Site.Http;

    public async ValueTask InitializeAsync()
    {
        await Site.InitializeAsync();
        await StoreAsync(Resources);
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    /// <summary>Stores first versions beside an ECG of the patient <c>Patient/seed</c>.</summary>
    public Task StoreAsync(params (string Type, string Id, string Json)[] resources) => Site.StoreStudyAsync(
        "Patient/seed",
        "2025-01-01",
        new StudyCompletion(
            StudyStatus.Classified, Urgency.Urgent, [], [], null,
            [.. resources.Select(resource => new NewResource(resource.Type, resource.Id, Encoding.UTF8.GetBytes(resource.Json)))],
            new StudyExecution("cpu", "fp32", 1, new Dictionary<string, float>())));

    /// <summary>Stores the next version of a resource, or its deletion where there is no content.</summary>
    public async Task StoreNextAsync(string type, string id, string? content)
    {
        await using var command = Site.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            UPDATE resource SET version = version + 1, last_updated = clock_timestamp(), content = coalesce($3::jsonb, '{}'), deleted = $3 IS NULL
            WHERE type = $1 AND id = $2
            """);
        command.Parameters.AddWithValue(type);
        command.Parameters.AddWithValue(id);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)content ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    /// <summary>The JSON at a URL that answers with a status.</summary>
    public async Task<JsonElement> GetAsync(string url, HttpStatusCode status = HttpStatusCode.OK, string? prefer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await JsonAsync(response, status);
    }

    /// <summary>The JSON of an answer that must have a status.</summary>
    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response, HttpStatusCode status = HttpStatusCode.OK)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Ids of a Bundle's entries of one mode, in their order.</summary>
    public static IReadOnlyList<string> Ids(JsonElement bundle, string mode = "match") =>
        [.. Entries(bundle).Where(entry => entry.GetProperty("search").GetProperty("mode").GetString() == mode)
            .Select(entry => entry.GetProperty("resource").GetProperty("id").GetString()!)];

    /// <summary>A Bundle's entries.</summary>
    public static IEnumerable<JsonElement> Entries(JsonElement bundle) =>
        bundle.TryGetProperty("entry", out var entries) ? entries.EnumerateArray() : [];

    /// <summary>A link of a Bundle, or <see langword="null"/>.</summary>
    public static string? Link(JsonElement bundle, string relation) => bundle.GetProperty("link").EnumerateArray()
        .Where(link => link.GetProperty("relation").GetString() == relation)
        .Select(link => link.GetProperty("url").GetString())
        .SingleOrDefault();

    private static string Ecg(string patient, string date, string identifier) => $$"""
        {"resourceType": "Observation", "status": "final", "identifier": [{"system": "urn:ecg", "value": "{{identifier}}"}],
         "category": [{"coding": [{"system": "urn:category", "code": "procedure"}]}], "code": {"coding": [{"system": "http://loinc.org", "code": "11524-6"}]},
         "subject": {"reference": "Patient/{{patient}}"}, "effectiveDateTime": "{{date}}", "device": {"reference": "Device/cart"},
         "component": [{"code": {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.24", "code": "131329"}]},
           "valueSampledData": {"origin": {"value": 0.00}, "period": 2.0, "factor": 1.50, "dimensions": 1, "data": "1 2 3"} }]}
        """;
}
