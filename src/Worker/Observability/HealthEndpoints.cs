using EcgIntegration.Contracts;
using EcgIntegration.Worker.Classification;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EcgIntegration.Worker.Observability;

internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            ResponseWriter = WriteAsync,
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
        });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var models = context.RequestServices.GetRequiredService<IModelPool>();
        var degraded = report.Entries.Values.SelectMany(DegradationsOf).ToList();
        return context.Response.WriteAsJsonAsync(
            new
            {
                Status = report.Status != HealthStatus.Healthy ? "unavailable" : degraded.Count > 0 ? ModelHealth.Degraded : "ok",
                Checks = report.Entries.ToDictionary(entry => entry.Key, entry => Word(entry.Value)),
                Model = models.Active.Info,
                Shadow = models.Shadow?.Info,
                Degraded = degraded,
            },
            ContractJson.Compact);
    }

    private static string Word(HealthReportEntry entry) =>
        entry.Status != HealthStatus.Healthy ? "unavailable" : DegradationsOf(entry).Count > 0 ? ModelHealth.Degraded : "ok";

    private static IReadOnlyList<string> DegradationsOf(HealthReportEntry entry) =>
        entry.Data.GetValueOrDefault(ModelHealth.Degraded) as IReadOnlyList<string> ?? [];
}
