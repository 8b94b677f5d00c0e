namespace EcgIntegration.LocalServers;

/// <summary>A lock between processes; the system releases it when its holder dies.</summary>
public static class FileLock
{
    // EWOULDBLOCK
    private const int HeldByAnother = 11;

    /// <summary>Waits for the lock on a file, which is created if need be; released on dispose.</summary>
    public static async Task<FileStream> TakeAsync(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult == HeldByAnother)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }
}
