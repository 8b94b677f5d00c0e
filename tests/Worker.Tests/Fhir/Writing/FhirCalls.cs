using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

/// <summary>Requests that write, and what is looked for in their answers.</summary>
internal static class FhirCalls
{
    public const string FhirJson = "application/fhir+json";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Sends a body, or none.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient http, HttpMethod method, string path, ReadOnlyMemory<byte>? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(FhirJson);
        }

        foreach (var (name, value) in headers)
        {
            if (name.StartsWith("Content-", StringComparison.Ordinal))
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await http.SendAsync(request, Stop);
    }

    public static Task<HttpResponseMessage> PostAsync(this HttpClient http, string path, string json, params (string, string)[] headers) =>
        http.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(json), headers);

    public static Task<HttpResponseMessage> PutAsync(this HttpClient http, string path, string json, params (string, string)[] headers) =>
        http.SendAsync(HttpMethod.Put, path, Encoding.UTF8.GetBytes(json), headers);

    public static Task<HttpResponseMessage> RemoveAsync(this HttpClient http, string path, params (string, string)[] headers) =>
        http.SendAsync(HttpMethod.Delete, path, null, headers);

    /// <summary>The body, which must be JSON.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Stop);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Code and place of each issue, after the status was checked; both languages must be there.</summary>
    public static async Task<IReadOnlyList<string>> IssuesAsync(this HttpResponseMessage response, int status)
    {
        var outcome = await response.JsonAsync();
        Assert.Equal((status, "OperationOutcome"), ((int)response.StatusCode, outcome.GetProperty("resourceType").GetString()));
        return Issues(outcome);
    }

    /// <summary>Code and place of each issue.</summary>
    public static IReadOnlyList<string> Issues(JsonElement outcome) =>
    [
        .. outcome.GetProperty("issue").EnumerateArray().Select(issue =>
        {
            Assert.Matches("[ぁ-んァ-ン一-龠]", issue.GetProperty("details").GetProperty("text").GetString());
            Assert.Matches("[a-z]{3}", issue.GetProperty("diagnostics").GetString());
            var place = Assert.Single(issue.GetProperty("expression").EnumerateArray()).GetString();
            Assert.Matches(@"^(http(\.[A-Za-z0-9_.:-]+)|[A-Z][A-Za-z]+(\.[a-z][A-Za-z]*(\[[0-9]+\])?)*)$", place);
            return $"{issue.GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString()} {place}";
        }),
    ];

    /// <summary>An ECG of the samples, for a patient, under an id or none.</summary>
    public static string Ecg(string? id, int sample, string patient = "Patient/w1", Action<JsonObject>? change = null)
    {
        var ecg = JsonNode.Parse(Repository.ReadSample(sample))!.AsObject();
        ecg.Remove("id");
        if (id is not null)
        {
            ecg["id"] = id;
        }

        ecg["subject"] = new JsonObject { ["reference"] = patient };
        change?.Invoke(ecg);
        return ecg.ToJsonString();
    }

    public static string Patient(string? id, string value, string? family = "試験") =>
        $$"""{"resourceType":"Patient",{{(id is null ? "" : $"\"id\":\"{id}\",")}}"identifier":[{"system":"urn:test:mrn","value":"{{value}}"}],"name":[{"family":"{{family}}"}]}""";

    /// <summary>A blood pressure, say: an Observation without samples.</summary>
    public static string Observation(string? id, string value = "120", string patient = "Patient/w1") =>
        $$$"""{"resourceType":"Observation",{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"status":"final","code":{"text":"収縮期血圧"},"subject":{"reference":"{{{patient}}}"},"valueQuantity":{"value":{{{value}}},"unit":"mmHg"}}""";

    public static string NewId() => "w-" + Guid.NewGuid().ToString("N")[..12];

    public static string VersionOf(this JsonElement resource) => resource.GetProperty("meta").GetProperty("versionId").GetString()!;
}
