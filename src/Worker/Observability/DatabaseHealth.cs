using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EcgIntegration.Worker.Observability;

/// <summary>Healthy once the database is migrated and answers.</summary>
internal sealed class DatabaseHealth(StartupGate gate, DatabaseProbe probe) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!gate.DatabaseReady.IsCompletedSuccessfully)
        {
            return HealthCheckResult.Unhealthy("The database is not migrated yet.");
        }

        return await probe.FindFaultAsync(cancellationToken) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();
    }
}
