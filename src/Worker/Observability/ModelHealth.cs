using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Models;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EcgIntegration.Worker.Observability;

/// <summary>
/// Healthy where a model is loaded; says which device runs it. A role that this worker cannot follow is said, but takes
/// no worker out of service: the model before goes on.
/// </summary>
internal sealed class ModelHealth(IModelPool models, ModelRoleFollower roles) : IHealthCheck
{
    /// <summary>Where the sentences lie in the data of the check.</summary>
    public const string Degraded = "degraded";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(
            models.Active.Info.Device,
            roles.Failures is { Count: > 0 } failures ? new Dictionary<string, object> { [Degraded] = failures } : null));
}
