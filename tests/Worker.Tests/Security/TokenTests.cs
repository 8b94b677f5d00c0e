using System.Net;
using System.Net.Http.Headers;
using System.Text;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Security;
using EcgIntegration.Worker.Tests.Fhir.Writing;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Security;

/// <summary>Where a token is configured everything asks for it but the health checks.</summary>
public sealed class TokenTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const string Token = "0123456789abcdef01234567";

    [Fact]
    public async Task Everything_but_health_asks_for_the_token_in_either_form()
    {
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, new Dictionary<string, string?> { ["Security:Token"] = Token });
        (string Path, HttpStatusCode Status)[] guarded =
        [
            ("/", HttpStatusCode.OK),
            ("/fhir/metadata", HttpStatusCode.OK),
            ("/fhir/DiagnosticReport?patient=x", HttpStatusCode.OK),
            ("/fhir/nothing/like/it", HttpStatusCode.NotFound),
            ($"/events/{Guid.NewGuid()}", HttpStatusCode.NotFound),
            ($"/studies/{Guid.NewGuid()}", HttpStatusCode.NotFound),
            ("/metrics", HttpStatusCode.OK),
            ("/healthy", HttpStatusCode.NotFound),
        ];
        foreach (var (path, status) in guarded)
        {
            using var refused = await worker.Http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, path);
            Assert.Equal(["Bearer", "Basic"], refused.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
            var body = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal(path.StartsWith("/fhir", StringComparison.Ordinal), body.Contains("OperationOutcome", StringComparison.Ordinal));
            Assert.Equal(path.StartsWith("/fhir", StringComparison.Ordinal), body.Contains("\"http.Authorization\"", StringComparison.Ordinal));
            Assert.Equal(status, await StatusAsync(worker, path, $"Bearer {Token}"));
            Assert.Equal(status, await StatusAsync(worker, path, Basic($"anyone:{Token}")));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(worker, path, Basic($"anyone:{Token[..^1]}")));
        }

        Assert.Equal(HttpStatusCode.OK, await worker.StatusAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, await worker.StatusAsync("/health/ready"));
    }

    [Theory]
    [InlineData("bearer " + Token, "Bearer")]
    [InlineData("BASIC YTow MTIz", null)]
    [InlineData("Bearer", null)]
    [InlineData("Bearer ", null)]
    [InlineData("Bearer " + Token + "8", null)]
    [InlineData("Bearer x" + Token, null)]
    [InlineData("Bearer  " + Token, null)]
    [InlineData(Token, null)]
    [InlineData("Digest " + Token, null)]
    [InlineData("Basic", null)]
    [InlineData("Basic ", null)]
    [InlineData("Basic =", null)]
    [InlineData("Basic %%%%", null)]
    [InlineData("Basic " + Token, null)]
    [InlineData("Bearer " + Token + ", Basic Og==", null)]
    [InlineData("", null)]
    public void A_header_is_the_token_or_nothing(string header, string? scheme) => Assert.Equal(scheme, SchemeOf(header));

    [Theory]
    [InlineData(":" + Token, true)]
    [InlineData("利用者:" + Token, true)]
    [InlineData("user:" + Token + ":", false)]
    [InlineData("user:name:" + Token, false)]
    [InlineData(Token, false)]
    [InlineData("user:", false)]
    [InlineData(":", false)]
    [InlineData(Token + ":", false)]
    [InlineData("user:" + Token + "\0", false)]
    public void The_password_is_what_follows_the_first_colon(string pair, bool accepted) =>
        Assert.Equal(accepted ? "Basic" : null, SchemeOf(Basic(pair)));

    [Fact]
    public void Bytes_that_are_no_text_and_a_header_of_any_length_are_refused()
    {
        Assert.Null(SchemeOf("Basic " + Convert.ToBase64String([0xFF, (byte)':', 0xFE, 0x80])));
        Assert.Null(SchemeOf(Basic("user:" + new string('x', 100_000))));
    }

    [Theory]
    [InlineData("GET", "https://elsewhere.example", true)]
    [InlineData("POST", null, true)]
    [InlineData("POST", "http://ecg.example:8080", true)]
    [InlineData("POST", "https://elsewhere.example", false)]
    [InlineData("POST", "null", false)]
    [InlineData("DELETE", "http://ecg.example:8081", false)]
    public void The_password_a_browser_keeps_changes_nothing_for_another_site(string method, string? origin, bool accepted)
    {
        Assert.Equal(accepted ? "Basic" : null, SchemeOf(Basic($"user:{Token}"), method, origin));
        Assert.Equal("Bearer", SchemeOf($"Bearer {Token}", method, origin));
    }

    [Fact]
    public void Each_client_is_told_by_its_token_and_no_other()
    {
        var clients = ApiClients.Of(new SecurityOptions
        {
            Token = Token,
            Clients = new Dictionary<string, SecurityOptions.ClientOptions>
            {
                ["0"] = new() { Name = "ehr", Token = new string('e', 24) },
                ["7"] = new() { Name = "ops-console", Token = new string('o', 24) },
                ["8"] = new() { Name = "", Token = "" },
            },
        });

        Assert.Equal(3, clients.Count);
        Assert.Equal(("token", "Bearer"), Find($"Bearer {Token}"));
        Assert.Equal(("ehr", "Bearer"), Find("Bearer " + new string('e', 24)));
        Assert.Equal(("ops-console", "Basic"), Find(Basic("ehr:" + new string('o', 24))));
        Assert.Null(Find("Bearer " + new string('x', 24)));

        (string Name, string Scheme)? Find(string header)
        {
            var request = new DefaultHttpContext().Request;
            request.Headers.Authorization = header;
            return new Credentials(clients).Find(request);
        }
    }

    [Theory]
    [InlineData("", "0123456789abcdef01234567", "Security:Clients:0:Name must be")]
    [InlineData("root@shell", "0123456789abcdef01234567", "Security:Clients:0:Name must be")]
    [InlineData("event:x", "0123456789abcdef01234567", "Security:Clients:0:Name must be")]
    [InlineData("token", "0123456789abcdef01234567", "Security:Clients:0:Name is the name of another client")]
    [InlineData("EHR", "0123456789abcdef01234567", "Security:Clients:1:Name is the name of another client")]
    [InlineData("ops", "short", "Security:Clients:0:Token is shorter than 24 characters")]
    [InlineData("ops", "", "Security:Clients:0:Token is shorter than 24 characters")]
    [InlineData("ops", "eeeeeeeeeeeeeeeeeeeeeeee", "Security:Clients:1:Token is the token of another client")]
    public void A_client_that_cannot_be_told_from_others_is_refused_in_one_sentence(string name, string token, string sentence)
    {
        var refusal = Assert.Throws<UnsafeAddressException>(() => ApiClients.Of(new SecurityOptions
        {
            Clients = new Dictionary<string, SecurityOptions.ClientOptions>
            {
                ["0"] = new() { Name = name, Token = token },
                ["1"] = new() { Name = "ehr", Token = "eeeeeeeeeeeeeeeeeeeeeeee" },
            },
        }));

        Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eeeeeeeeeeee", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_client_is_who_acts_and_one_token_is_enough_for_any_address()
    {
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, new Dictionary<string, string?> { ["Security:Clients:0:Name"] = "ehr", ["Security:Clients:0:Token"] = Token });

        Assert.Equal(HttpStatusCode.Unauthorized, await worker.StatusAsync("/fhir/DiagnosticReport?patient=x"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(worker, "/fhir/DiagnosticReport?patient=x", $"Bearer {Token}"));
        await using var command = worker.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT string_agg(actor, ',') FROM audit");
        Assert.Equal("ehr", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_a_token_a_page_of_another_site_changes_nothing()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        foreach (var (origin, status) in new[] { ("https://elsewhere.example", HttpStatusCode.Forbidden), (null, HttpStatusCode.UnsupportedMediaType) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/fhir/$replay");
            request.Headers.Add("Origin", origin is null ? [] : [origin]);
            using var answer = await worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal([origin is null ? "replay-body-type-unsupported http.Content-Type" : "fhir-site-foreign http.Origin"], await answer.IssuesAsync((int)status));
        }

        using var page = new HttpRequestMessage(HttpMethod.Post, "/nothing") { Headers = { { "Origin", "https://elsewhere.example" } } };
        using var refused = await worker.Http.SendAsync(page, TestContext.Current.CancellationToken);
        Assert.Equal(("application/problem+json", HttpStatusCode.Forbidden), (refused.Content.Headers.ContentType?.MediaType, refused.StatusCode));
    }

    [Fact]
    public async Task Without_a_token_no_other_name_than_loopbacks_is_taken()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        foreach (var (path, type) in new[] { ("/fhir/metadata", "application/fhir+json"), ("/FHIR/Patient", "application/fhir+json"), ("/", "application/problem+json") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "ecg.elsewhere.example" } };
            using var answer = await worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.BadRequest, type), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.True(answer.Headers.Contains("X-Frame-Options"));
            if (path != "/")
            {
                Assert.Equal(["fhir-host-unknown http.Host"], await answer.IssuesAsync(400));
            }
        }
    }

    private static string? SchemeOf(string header, string method = "GET", string? origin = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Host = new HostString("ecg.example:8080");
        request.Headers.Authorization = header;
        request.Headers.Origin = origin;
        return new Credentials([new("token", Token)]).Find(request)?.Scheme;
    }

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    private static async Task<HttpStatusCode> StatusAsync(RunningWorker worker, string path, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        using var answer = await worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
