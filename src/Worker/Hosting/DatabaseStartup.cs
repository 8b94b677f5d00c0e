using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Models;
using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Hosting;

/// <summary>
/// Migrates the database, waiting for it as long as it takes, takes up the models that have a role there, and then opens the
/// <see cref="StartupGate"/>: no ECG is received for a model that was replaced before the worker was restarted.
/// </summary>
internal sealed class DatabaseStartup(
    DatabaseMigrator migrator, ModelRoleFollower roles, DatabasePatience patience, StartupGate gate) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await patience.ExecuteAsync(async token => await migrator.MigrateAsync(token), stoppingToken);
        await patience.ExecuteAsync(async token => await roles.FollowAsync(token), stoppingToken);
        gate.OpenDatabase();
    }
}
