using EcgIntegration.Worker.Subscriptions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Tests.Subscriptions;

public sealed class EndpointAddressTests
{
    [Theory]
    [InlineData("https://ehr.example/notify")]
    [InlineData("https://EHR.example:443/notify")]
    [InlineData("https://ehr.example/notify/ward-3")]
    [InlineData("http://10.0.0.7:8443/hook/x")]
    public void Allowed_addresses_and_what_lies_below_them_are_called(string url) => Assert.NotNull(Allowed().Find(url));

    [Theory]
    [InlineData("https://ehr.example/")]
    [InlineData("https://ehr.example/notifyother")]
    [InlineData("https://ehr.example/notify/../admin")]
    [InlineData("https://ehr.example/notify/%2e%2e/admin")]
    [InlineData("https://ehr.example/notify%2f..%2fadmin")]
    [InlineData("https://ehr.example/notify//evil.example")]
    [InlineData("http://ehr.example/notify")]
    [InlineData("https://ehr.example:8443/notify")]
    [InlineData("https://ehr.example.evil.example/notify")]
    [InlineData("https://ehr.example@evil.example/notify")]
    [InlineData("https://user:password@ehr.example/notify")]
    [InlineData("https://evil.example/?https://ehr.example/notify")]
    [InlineData("https://ehr.example/notify?to=x")]
    [InlineData("https://ehr.example/notify#x")]
    [InlineData("https://ehr.example\\@evil.example/notify")]
    [InlineData("https://ehr.example/no tify")]
    [InlineData("http://127.0.0.1/notify")]
    [InlineData("http://10.0.0.7/hook")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://ehr.example/notify")]
    [InlineData("/notify")]
    [InlineData("")]
    [InlineData(null)]
    public void No_other_address_is(string? url) => Assert.Null(Allowed().Find(url));

    [Fact]
    public void Nothing_is_allowed_that_the_operator_has_not_named() =>
        Assert.Null(new AllowedEndpoints(Options.Create(new SubscriptionOptions())).Find("https://ehr.example/notify"));

    [Fact]
    public void The_nearest_entry_gives_the_authorization()
    {
        var options = new SubscriptionOptions();
        options.Endpoints.Add(new() { Url = "https://ehr.example/", Authorization = "Bearer far" });
        options.Endpoints.Add(new() { Url = "https://ehr.example/notify/", Authorization = "Bearer near" });

        Assert.Equal("Bearer near", new AllowedEndpoints(Options.Create(options)).Find("https://ehr.example/notify/x")!.Authorization);
    }

    [Theory]
    [InlineData("ehr.example")]
    [InlineData("ftp://ehr.example/")]
    [InlineData("https://user@ehr.example/")]
    [InlineData("https://ehr.example/?a=b")]
    public void A_setting_that_is_no_address_ends_the_start_with_one_sentence(string url)
    {
        var options = new SubscriptionOptions();
        options.Endpoints.Add(new() { Url = url });

        var result = new SubscriptionOptionsValidator().Validate(null, options);

        Assert.True(result.Failed);
        Assert.Contains("Subscriptions:Endpoints:0:Url", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    private static AllowedEndpoints Allowed()
    {
        var options = new SubscriptionOptions();
        options.Endpoints.Add(new() { Url = "https://ehr.example/notify" });
        options.Endpoints.Add(new() { Url = "http://10.0.0.7:8443/hook/" });
        return new AllowedEndpoints(Options.Create(options));
    }
}
