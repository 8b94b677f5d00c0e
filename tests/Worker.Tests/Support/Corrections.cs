using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>ECGs of one patient that change, are taken back and come again, and what is shown of them.</summary>
internal static class Corrections
{
    public const string Before = "2026-04-01T09:00:00+09:00";
    public const string Later = "2026-04-01T10:00:00+09:00";
    public const string Latest = "2026-04-01T11:00:00+09:00";

    public const int FlatSample = -1;
    public const int UrgentSample = 0;

    public static byte[] Ecg(string id, int signalOf, string patient = "Patient/corrected")
    {
        var ecg = JsonNode.Parse(Repository.ReadSample(Math.Max(signalOf, 0)))!;
        ecg["id"] = id;
        ecg["subject"] = new JsonObject { ["reference"] = patient };
        ecg["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:test", ["value"] = id });
        if (signalOf == FlatSample)
        {
            var data = ecg["component"]![0]!["valueSampledData"]!;
            data["data"] = string.Join(' ', data["data"]!.GetValue<string>().Split(' ').Select(_ => "0"));
        }

        return Encoding.UTF8.GetBytes(ecg.ToJsonString());
    }

    public static byte[] EnteredInError(string id)
    {
        var ecg = JsonNode.Parse(Ecg(id, signalOf: 1))!.AsObject();
        ecg["status"] = "entered-in-error";
        ecg.Remove("component");
        return Encoding.UTF8.GetBytes(ecg.ToJsonString());
    }

    public static async Task<IReadOnlyList<JsonElement>> EntriesAsync(RunningWorker worker, string type)
    {
        var bundle = await worker.JsonAsync($"/fhir/{type}?patient=Patient/corrected");
        return bundle.TryGetProperty("entry", out var entries)
            ? [.. entries.EnumerateArray().Select(entry => entry.GetProperty("resource")).Where(r => r.GetProperty("resourceType").GetString() == type)]
            : [];
    }

    public static async Task<string?> StatusAsync(RunningWorker worker, string path) =>
        (await worker.JsonAsync(path)).GetProperty("status").GetString();

    public static async Task<string> UrgentPartAsync(RunningWorker worker)
    {
        var page = await worker.Http.GetStringAsync(new Uri("/?refresh=off", UriKind.Relative), TestContext.Current.CancellationToken);
        return page[..page.IndexOf("最近", StringComparison.Ordinal)];
    }

    public static string? Version(JsonElement resource) => resource.GetProperty("meta").GetProperty("versionId").GetString();

    public static string? SubjectOf(JsonElement resource) => resource.GetProperty("subject").GetProperty("reference").GetString();

    public static Guid StudyOf(JsonElement report) => Guid.Parse(report.GetProperty("identifier")[0].GetProperty("value").GetString()!);
}
