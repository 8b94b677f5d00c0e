using System.Globalization;
using System.Text;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Tests.Fhir.Writing;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary>Whatever goes wrong under <c>/fhir</c> is told with its place.</summary>
public sealed class FhirErrorTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"];

    private static readonly string?[] Bodies = [null, "", "{", "[]", "{}", """{"resourceType":5}""", """{"resourceType":"Bundle","type":"batch","x":1}"""];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/fhir/Patient/nobody", null, 404, "fhir-resource-unknown Patient.id")]
    [InlineData("GET", "/fhir/Patient/no*body", null, 404, "fhir-resource-unknown Patient.id")]
    [InlineData("GET", "/fhir/Patient/nobody/_history/1", null, 404, "fhir-resource-unknown Patient.meta.versionId")]
    [InlineData("GET", "/fhir/Patient/nobody/_history", null, 404, "fhir-resource-unknown Patient.id")]
    [InlineData("GET", "/fhir/Condition/1", null, 404, "fhir-type-unknown http.url")]
    [InlineData("GET", "/fhir/Patient/1/2/3/4", null, 404, "fhir-route-unknown http.url")]
    [InlineData("PATCH", "/fhir/Patient/1", "{}", 405, "fhir-method-not-allowed http.method")]
    [InlineData("GET", "/fhir/metadata?mode=terminology", null, 400, "fhir-mode-unsupported http.mode")]
    [InlineData("GET", "/fhir/metadata?_format=xml", null, 406, "fhir-format-unsupported http._format")]
    [InlineData("PUT", "/fhir/Patient/no*body", "{}", 400, "fhir-id-invalid Patient.id")]
    [InlineData("GET", "/fhir/Patient?name=%00", null, 400, "fhir-text-invalid http.name")]
    [InlineData("GET", "/fhir/Patient/1/_history?%E6%82%A3%E8%80%85=1", null, 400, "fhir-parameter-unsupported http.url")]
    [InlineData("POST", "/fhir/Patient", "{\"resourceType\":\n \"Patient\", oops", 400, "fhir-body-not-json Patient")]
    [InlineData("POST", "/fhir", "", 400, "fhir-body-not-json Bundle")]
    [InlineData("POST", "/fhir", "7", 400, "fhir-body-not-resource Bundle")]
    [InlineData("POST", "/fhir/DiagnosticReport/1/$sign", "{}", 400, "fhir-body-not-resource Parameters")]
    [InlineData("POST", "/fhir/Patient", """{"resourceType":"Patient","name":[{"family":"a"},{"family":"b","family":"c"}]}""", 400, "fhir-element-repeated Patient.name[1].family")]
    [InlineData("POST", "/fhir/Patient", """{"resourceType":"Patient","name":[{"family":"a"},{"canary":1,"canary":2}]}""", 400, "fhir-element-repeated Patient.name[1]")]
    [InlineData("POST", "/fhir/Patient", """{"resourceType":"Patient","name":[{"family":"a\u0000"}]}""", 422, "text-null-character Patient.name[0].family")]
    [InlineData("POST", "/fhir/Patient", """{"resourceType":"Patient","name":[{"given":["a","\udc00"]}]}""", 400, "fhir-body-not-unicode Patient.name[0].given[1]")]
    [InlineData("POST", "/fhir/Observation", """{"resourceType":"Observation","valueString":"\u0000"}""", 422, "text-null-character Observation.value")]
    [InlineData("POST", "/fhir", """{"resourceType":"Bundle","type":"transaction","entry":[{},{"resource":{"resourceType":"Patient","id":"1","id":"2"}}]}""", 400, "fhir-element-repeated Bundle.entry[1].resource.id")]
    [InlineData("POST", "/fhir", """{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"\ud800"}}]}""", 400, "fhir-body-not-unicode Bundle.entry[0].request.url")]
    [InlineData("POST", "/fhir", """{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient","address":[{"line":["a","b\u0000"]}]}}]}""", 422, "text-null-character Bundle.entry[0].resource.address[0].line[1]")]
    public async Task A_problem_has_a_place(string method, string path, string? body, int status, string issue)
    {
        using var response = await site.Http.SendAsync(new(method), path, body is null ? null : Encoding.UTF8.GetBytes(body));

        Assert.Equal([issue], await response.IssuesAsync(status));
    }

    [Fact]
    public async Task Where_JSON_breaks_is_told_by_line_and_byte_and_not_by_what_stands_there()
    {
        using var response = await site.Http.PostAsync("/fhir/Patient", "{\"resourceType\": \"Patient\",\n  \"active\": CANARY}");
        var text = (await response.JsonAsync()).GetProperty("issue")[0].GetProperty("diagnostics").GetString()!;

        Assert.Contains("line 2, byte 13 ", text, StringComparison.Ordinal);
        Assert.Contains("2行目の13バイト目", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_no_UTF_8_and_nesting_without_end_are_told_by_their_element()
    {
        byte[] broken = [.. """{"resourceType":"Patient","name":[{"text":"a"""u8, 0xFF, .. "\"}]}"u8];
        using var text = await site.Http.SendAsync(HttpMethod.Post, "/fhir/Patient", broken);
        Assert.Equal(["fhir-body-not-unicode Patient.name[0].text"], await text.IssuesAsync(400));

        var levels = string.Concat(Enumerable.Repeat("""{"extension":[""", 40)) + string.Concat(Enumerable.Repeat("]}", 40));
        using var deep = await site.Http.PostAsync("/fhir/Patient", $$"""{"resourceType":"Patient","extension":[{{levels}}]}""");
        var issue = Assert.Single(await deep.IssuesAsync(400));
        Assert.StartsWith("fhir-body-too-deep Patient.extension[0].extension[0].extension[0]", issue, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_deleted_what_is_not_accepted_and_what_is_too_much_have_a_place_too()
    {
        var id = FhirCalls.NewId();
        using var made = await site.Http.PutAsync($"/fhir/Patient/{id}", FhirCalls.Patient(id, id));
        using var removed = await site.Http.RemoveAsync($"/fhir/Patient/{id}");
        using var gone = await site.Http.GetAsync($"/fhir/Patient/{id}", Stop);
        using var format = await site.Http.SendAsync(HttpMethod.Get, "/fhir/metadata", null, ("Accept", "application/fhir+xml"));
        using var many = await site.Http.GetAsync("/fhir/Patient?" + string.Join('&', Enumerable.Range(0, 101).Select(_ => "name=a")), Stop);
        using var content = new ByteArrayContent(new byte[70_000]);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        using var form = await site.Http.PostAsync("/fhir/Patient/_search", content, Stop);

        Assert.Equal(["fhir-resource-deleted Patient.id"], await gone.IssuesAsync(410));
        Assert.Equal(["fhir-format-unsupported http.Accept"], await format.IssuesAsync(406));
        Assert.Equal(["fhir-search-too-large http.url"], await many.IssuesAsync(400));
        Assert.Equal(["fhir-body-too-large http.body"], await form.IssuesAsync(413));
    }

    /// <summary>Kestrel refuses these before the worker sees them.</summary>
    [Theory]
    [InlineData("GET /fhir/Patient/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 Bad Request", true)]
    [InlineData("PUT /fhir/%00?x=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", "400 Bad Request", true)]
    [InlineData("GET /fhir/Patient HTTP/1.1\r\n\r\n", "400 Bad Request", true)]
    [InlineData("GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\nGET /fhir/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 Bad Request", true)]
    [InlineData("GET /fhirs/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 Bad Request", false)]
    public async Task What_the_server_refuses_before_there_is_a_request_is_told_too(string request, string status, bool hasOutcome)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(site.Http.BaseAddress!.Host, site.Http.BaseAddress.Port, Stop);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Stop);
        using var reader = new StreamReader(client.GetStream());
        var all = await reader.ReadToEndAsync(Stop);

        var answer = all[all.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal)..];
        Assert.StartsWith("HTTP/1.1 " + status, answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        if (!hasOutcome)
        {
            Assert.Equal("", body);
            return;
        }

        using var outcome = System.Text.Json.JsonDocument.Parse(body);
        Assert.Equal(["fhir-request-malformed http.url"], FhirCalls.Issues(outcome.RootElement));
    }

    /// <summary>Every address there is under <c>/fhir</c> and some there are not, by every method, with every kind of body.</summary>
    [Fact]
    public async Task No_address_and_no_method_answers_an_error_without_a_place()
    {
        var patterns = site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(route => route.RoutePattern.RawText!).Where(pattern => pattern.StartsWith("/fhir", StringComparison.Ordinal)).Distinct().ToList();
        Assert.True(patterns.Count >= 8, string.Join(' ', patterns));
        var paths = patterns.SelectMany(pattern => new[] { "Patient", "AuditEvent", "Nothing" }.SelectMany(type => new[] { "1", "no*id" }.Select(id =>
            pattern.Replace("{type}", type, StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal)
                .Replace("{version}", "x", StringComparison.Ordinal).Replace("{**rest}", "a/b/c/d/e", StringComparison.Ordinal)))).Distinct().ToList();
        var errors = 0;
        foreach (var (method, path, body) in from method in Methods from path in paths from body in Bodies select (method, path, body))
        {
            using var response = await site.Http.SendAsync(new(method), path, body is null ? null : Encoding.UTF8.GetBytes(body));
            var status = (int)response.StatusCode;
            Assert.True(status < 500, string.Create(CultureInfo.InvariantCulture, $"{method} {path} {body}: {status}"));
            if (status >= 400 && method != "HEAD")
            {
                errors++;
                Assert.NotEmpty(await response.IssuesAsync(status));
            }
        }

        Assert.True(errors > 500, errors.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(true, "database-unavailable http.url")]
    [InlineData(false, "internal-error http.url")]
    public async Task A_fault_has_a_place_although_no_part_of_the_request_is_to_blame(bool passes, string issue)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        Exception fault = passes ? new NpgsqlException("gone", new IOException()) : new InvalidOperationException();
        var result = await new FhirFaultFilter(NullLogger<FhirFaultFilter>.Instance)
            .InvokeAsync(new DefaultEndpointFilterInvocationContext(context), _ => throw fault);
        await Assert.IsAssignableFrom<IResult>(result).ExecuteAsync(context);

        Assert.Equal(passes ? 503 : 500, context.Response.StatusCode);
        using var outcome = System.Text.Json.JsonDocument.Parse(body.ToArray());
        Assert.Equal([issue], FhirCalls.Issues(outcome.RootElement));
    }
}
