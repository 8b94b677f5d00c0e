using EcgIntegration.Persistence.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Hosting;

public sealed class ConnectionStringsTests
{
    [Fact]
    public void A_url_becomes_npgsql_s_form()
    {
        var result = new NpgsqlConnectionStringBuilder(ConnectionStrings.Normalise("postgresql://ec%40g:p%3Aw@127.0.0.1:5433/ecg"));
        Assert.Equal(("ec@g", "p:w", "127.0.0.1", 5433, "ecg"), (result.Username, result.Password, result.Host, result.Port, result.Database));
        Assert.Equal(5432, new NpgsqlConnectionStringBuilder(ConnectionStrings.Normalise("postgres://u@db/ecg")).Port);
        Assert.Equal("Host=x", ConnectionStrings.Normalise("Host=x"));
    }

    [Fact]
    public void A_url_that_cannot_be_used_is_refused_without_repeating_it()
    {
        var refused = Assert.Throws<FormatException>(() => ConnectionStrings.Normalise("postgresql://u:secret@db"));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("postgresql://u:secret@db")]
    [InlineData("nonsense")]
    public void Options_are_checked(string connectionString)
    {
        using var services = MigratedDatabase.CreateServices(connectionString, TimeProvider.System);
        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<DatabaseOptions>>().Value);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }
}
