using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Hosting;

/// <summary>Migrates the database, waiting for it as long as it takes, and then opens the <see cref="StartupGate"/>.</summary>
internal sealed class DatabaseStartup(DatabaseMigrator migrator, DatabasePatience patience, StartupGate gate) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await patience.ExecuteAsync(async token => await migrator.MigrateAsync(token), stoppingToken);
        gate.OpenDatabase();
    }
}
