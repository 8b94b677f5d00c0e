using EcgIntegration.LocalServers;
using Xunit;

namespace EcgIntegration.TestKit;

/// <summary>
/// A server that a test assembly shares. It starts when the first test asks for it, so that a run without such tests is
/// not slowed, and ends with the assembly, or, should that be killed, right after it.
/// </summary>
/// <typeparam name="T">The server.</typeparam>
public abstract class SharedServer<T> : IAsyncLifetime where T : class, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<T>> _server;

    private protected SharedServer(Func<string, PrivateServerOptions, Task<T>> start) => _server = new(() => start(_folder.Path, new()
    {
        Durable = false,
        EndsWithStarter = true,
        Management = true,
        Progress = Console.Error.WriteLine,
    }));

    /// <summary>The server, started if it was not.</summary>
    public Task<T> GetAsync() => _server.Value;

    /// <summary>Nothing: the server starts when it is asked for.</summary>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Ends the server.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server.IsValueCreated && await Task.WhenAny(_server.Value) is { IsCompletedSuccessfully: true } started)
        {
            await (await started).DisposeAsync();
        }

        _folder.Dispose();
    }
}
