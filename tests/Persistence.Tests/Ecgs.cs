using System.Security.Cryptography;
using System.Text;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Persistence.Tests;

/// <summary>Small invented ECGs and results.</summary>
internal static class Ecgs
{
    public static Reason Reason { get; } = new("test", null, "A test says so.", "テストによる。");

    public static string Observation(string? id = "ecg-1", string? patient = "Patient/p1", string data = "1 -2 3 E 0.50", string status = "final") =>
        $$"""
        {"resourceType": "Observation", {{(id is null ? "" : $"\"id\": \"{id}\",")}} "meta": {"versionId": "77", "profile": ["http://example.org/ecg"]},
         "status": "{{status}}", "code": {"coding": [{"system": "http://loinc.org", "code": "11524-6"}], "text": "12誘導心電図"},
         {{(patient is null ? "" : $"\"subject\": {{\"reference\": \"{patient}\"}},")}}
         "effectiveDateTime": "2026-03-31T10:00:00+09:00",
         "component": [{"valueSampledData": {"origin": {"value": 0.00}, "period": 2, "dimensions": 1, "data": "{{data}}"} }]}
        """;

    public static NewStudy Study(string observation, string? id = "ecg-1", string source = "cart-7", string model = "m1", Guid? eventId = null)
    {
        var hash = Hash(observation);
        return new NewStudy(
            eventId ?? Guid.NewGuid(), source, At, EventPriority.Routine, At, Hash(source + id), id, null,
            Encoding.UTF8.GetBytes(observation), hash, Hash(model), At.AddMinutes(1));
    }

    public static DateTimeOffset At { get; } = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    public static RejectedEvent Rejected(Guid eventId, byte[] body) =>
        new(eventId, "cart-7", null, EventPriority.Stat, At, [Reason], body);

    public static StudyCompletion Completion(string reportId, string? patient = "Patient/p1", string device = "model-1") => new(
        StudyStatus.Classified,
        Urgency.Urgent,
        [],
        [new LedgerSuggestion("AFIB", "心房細動", "atrial fibrillation", 0.97, 0.41)],
        reportId,
        [
            new NewResource("Device", device, Utf8("""{"resourceType": "Device", "status": "active"}"""), KeepExisting: true),
            new NewResource("DiagnosticReport", reportId, Utf8(Report(patient))),
        ],
        new StudyExecution("cpu", "fp32", 4, new Dictionary<string, float> { ["AFIB"] = 12.5f }));

    public static string Report(string? patient, string date = "2026-03-31T10:00:00+09:00") =>
        $$"""
        {"resourceType": "DiagnosticReport", "status": "preliminary",
         {{(patient is null ? "" : $"\"subject\": {{\"reference\": \"{patient}\"}},")}}
         "effectiveDateTime": "{{date}}", "conclusion": "心房細動"}
        """;

    public static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>An id no other test has used.</summary>
    public static string NewId() => "t-" + Guid.NewGuid().ToString("N")[..12];
}
