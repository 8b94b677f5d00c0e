using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>A physician's signature, as it comes to lie in the store.</summary>
internal static class Signing
{
    /// <summary>Makes a report final.</summary>
    public static async Task SignAsync(IServiceProvider services, string report)
    {
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            UPDATE resource SET version = version + 1, last_updated = now(), status = 'final',
              content = jsonb_set(content, '{status}', '"final"'), content_hash = sha256(convert_to(id || version, 'UTF8'))
            WHERE type = 'DiagnosticReport' AND id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = report["DiagnosticReport/".Length..] });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
