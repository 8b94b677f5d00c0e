namespace EcgIntegration.Worker.Hosting;

/// <summary>Opens once the database is migrated and the models that have a role there are loaded; nothing is taken from the broker before.</summary>
internal sealed class StartupGate
{
    private readonly TaskCompletionSource _databaseReady = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task DatabaseReady => _databaseReady.Task;

    public void OpenDatabase() => _databaseReady.TrySetResult();
}
