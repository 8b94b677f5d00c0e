using EcgIntegration.Worker.Classification;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EcgIntegration.Worker.Observability;

/// <summary>Healthy where the model is loaded; says which device runs it.</summary>
internal sealed class ModelHealth(IModelPool models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(models.Active.Info.Device));
}
