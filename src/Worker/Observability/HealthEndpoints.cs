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
        var model = context.RequestServices.GetRequiredService<IModelPool>().Active.Info;
        return context.Response.WriteAsJsonAsync(
            new
            {
                Status = report.Status == HealthStatus.Healthy ? "ok" : "unavailable",
                Checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status == HealthStatus.Healthy ? "ok" : "unavailable"),
                Model = model,
            },
            ContractJson.Compact);
    }
}
