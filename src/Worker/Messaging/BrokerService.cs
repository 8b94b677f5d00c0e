using EcgIntegration.Worker.Hosting;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// Opens the intake once the database is ready, and closes it first on shutdown: what is in work is finished, what is
/// not goes back to the broker.
/// </summary>
internal sealed class BrokerService(IBusControl bus, StartupGate gate) : BackgroundService
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(25);
    private BusHandle? _handle;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_handle is not null)
        {
            using var drain = new CancellationTokenSource(DrainTime);
            await _handle.StopAsync(drain.Token);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        _handle = await bus.StartAsync(stoppingToken);
    }
}
