using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.TestKit.Load;

internal static class Quietly
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Disposes of what hangs on a broker that may be gone already.</summary>
    public static async Task DisposeAsync(IAsyncDisposable? disposable)
    {
        try
        {
            if (disposable is not null)
            {
                await disposable.DisposeAsync().AsTask().WaitAsync(Limit);
            }
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            // There is nothing left to close.
        }
    }
}
