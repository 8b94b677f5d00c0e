using System.Net;
using System.Text;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Support.SeededSite;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary><c>POST _search</c>.</summary>
public sealed class FhirSearchFormTests(SeededSite site) : IClassFixture<SeededSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_string_and_form_count_together_and_pages_go_on_by_get()
    {
        var bundle = await JsonAsync(await PostAsync("Observation/_search?patient=p1,p2&_count=1", "status=final&date=ge2026"));
        Assert.Equal(["ecg2"], Ids(bundle));
        var next = Link(bundle, "next")!;
        Assert.Contains("/fhir/Observation?patient=p1%2Cp2&status=final&date=ge2026&", next, StringComparison.Ordinal);
        Assert.Equal(["ecg1"], Ids(await site.GetAsync(next)));
    }

    [Fact]
    public async Task A_form_can_be_empty_or_missing()
    {
        Assert.NotEmpty(Ids(await JsonAsync(await PostAsync("Patient/_search", ""))));
        Assert.NotEmpty(Ids(await JsonAsync(await site.Http.PostAsync("/fhir/Patient/_search", null, Stop))));
    }

    [Fact]
    public async Task A_form_can_be_longer_than_a_url_and_its_pages_still_go_on()
    {
        var ids = string.Join(',', Enumerable.Range(0, 900).Select(number => $"nobody-of-this-name-{number}")) + ",p1,p2";
        var bundle = await JsonAsync(await PostAsync("Patient/_search", $"_id={ids}&_sort=_id&_count=1"));
        Assert.Equal(["p1"], Ids(bundle));
        Assert.Equal(["p2"], Ids(await site.GetAsync(Link(bundle, "next")!)));
    }

    [Theory]
    [InlineData("text/plain", "a=b", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", "--x--", HttpStatusCode.UnsupportedMediaType)]
    public async Task Another_body_is_refused(string type, string body, HttpStatusCode status)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var outcome = await JsonAsync(await site.Http.PostAsync("/fhir/Patient/_search", content, Stop), status);
        Assert.Equal("http.Content-Type", outcome.GetProperty("issue")[0].GetProperty("expression")[0].GetString());
    }

    [Fact]
    public async Task A_form_has_bounds()
    {
        using var large = await PostAsync("Patient/_search", "name=" + new string('x', 70_000));
        await JsonAsync(large, HttpStatusCode.RequestEntityTooLarge);
        using var many = await PostAsync("Patient/_search", string.Join('&', Enumerable.Repeat("name=x", 300)));
        await JsonAsync(many, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("_format=xml", null, HttpStatusCode.NotAcceptable)]
    [InlineData("_format=json", "application/fhir+xml", HttpStatusCode.OK)]
    [InlineData("", "application/fhir+xml", HttpStatusCode.NotAcceptable)]
    public async Task The_format_can_be_asked_for_in_the_form(string form, string? accept, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fhir/Patient/_search");
        request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        await JsonAsync(await site.Http.SendAsync(request, Stop), status);
    }

    [Fact]
    public async Task An_unknown_type_is_not_searched() => await JsonAsync(await PostAsync("Condition/_search", "a=b"), HttpStatusCode.NotFound);

    private Task<HttpResponseMessage> PostAsync(string path, string form) =>
        site.Http.PostAsync("/fhir/" + path, new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"), Stop);
}
