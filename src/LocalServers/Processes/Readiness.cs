namespace EcgIntegration.LocalServers.Processes;

/// <summary>Waits for a server to answer.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until the server answers.</summary>
    /// <param name="process">The server; when it ends, so does the waiting.</param>
    /// <param name="limit">Longest time to wait.</param>
    /// <param name="ask">Succeeds once the server is ready; until then it throws.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it answered.</returns>
    public static async Task<bool> WaitAsync(ProcessIdentity process, TimeSpan limit, Func<Task> ask, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (process.IsAlive && TimeProvider.System.GetElapsedTime(start) < limit)
        {
            try
            {
                await ask();
                return process.IsAlive;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Interval, cancellationToken);
            }
        }

        return false;
    }
}
