using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Security;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Tests.Fhir;

public sealed class CursorSealTests
{
    private const string Token = "a token that is long enough";

    public static TheoryData<string?, string?> Secrets { get; } = new() { { Token, null }, { null, Token }, { Token, "another one for a client" } };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Links_are_understood_by_workers_of_the_same_tokens_and_by_no_other(string? token, string? client)
    {
        var link = Seal(token, client).Seal("1950-01-02"u8, "Patient by birthdate");

        Assert.DoesNotContain("1950", link, StringComparison.Ordinal);
        Assert.Equal("1950-01-02"u8.ToArray(), Seal(token, client).Open(link, "Patient by birthdate"));
        Assert.Null(Seal(token, client).Open(link, "Patient by name"));
        Assert.Null(Seal(null, null).Open(link, "Patient by birthdate"));
        Assert.Null(Seal("a token of another worker", client).Open(link, "Patient by birthdate"));
    }

    private static CursorSeal Seal(string? token, string? client) => new(Options.Create(new SecurityOptions
    {
        Token = token,
        Clients = client is null ? new Dictionary<string, SecurityOptions.ClientOptions>() : new() { ["0"] = new() { Name = "ehr", Token = client } },
    }));
}
