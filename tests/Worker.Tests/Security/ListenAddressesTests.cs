using EcgIntegration.Worker.Security;
using Microsoft.Extensions.Configuration;

namespace EcgIntegration.Worker.Tests.Security;

public sealed class ListenAddressesTests
{
    private const string Token = "0123456789abcdef01234567";

    [Fact]
    public void Nothing_configured_means_loopback() =>
        Assert.Equal(["http://127.0.0.1:8080"], Resolve(null, null));

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://localhost:5000")]
    [InlineData("http://[::1]:5000;http://127.0.0.2:5001")]
    public void Loopback_needs_no_token(string urls) =>
        Assert.NotEmpty(Resolve(urls, null));

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://10.0.0.5:8080")]
    [InlineData("http://ecg.example:8080")]
    [InlineData("http://127.0.0.1.example:8080")]
    [InlineData("http://127.0.0.1:8080;http://10.0.0.5:8081")]
    public void Any_other_address_is_refused_without_authentication(string urls)
    {
        var refusal = Assert.Throws<UnsafeAddressException>(() => Resolve(urls, null));
        Assert.Contains("Security:Token", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Resolve(urls, Token));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("127.0.0.1:5901")]
    [InlineData("https://127.0.0.1:5901")]
    [InlineData("http://127.0.0.1:5901/path")]
    [InlineData("http://unix:/tmp/x")]
    public void What_is_no_address_is_refused_in_one_sentence(string urls) =>
        Assert.Contains("http://HOST:PORT", Assert.Throws<UnsafeAddressException>(() => Resolve(urls, Token)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_other_section_can_open_an_address()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:x:Url"] = "http://0.0.0.0:5903" })
            .Build();
        Assert.Throws<UnsafeAddressException>(() => ListenAddresses.Resolve(configuration, new SecurityOptions()));
    }

    [Fact]
    public void A_short_token_is_refused() =>
        Assert.Throws<UnsafeAddressException>(() => Resolve("http://127.0.0.1:0", "secret"));

    private static string[] Resolve(string? urls, string? token)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Http:Urls"] = urls })
            .Build();
        return ListenAddresses.Resolve(configuration, new SecurityOptions { Token = token });
    }
}
