using EcgIntegration.TestKit;
using EcgIntegration.Worker.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>
/// The worker in this process, on a database and a virtual host that outlive it: it can be started again on them, and its
/// services can be changed.
/// </summary>
internal sealed class HostedWorker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HostedWorker(WebApplication app, HttpClient http)
    {
        _app = app;
        Http = http;
    }

    /// <summary>A client for its address.</summary>
    public HttpClient Http { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<HostedWorker> StartAsync(
        TestDatabase database,
        TestVirtualHost broker,
        Action<IServiceCollection>? configure = null,
        params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Postgres:ConnectionString"] = database.ConnectionString,
            ["RabbitMq:Uri"] = broker.AmqpUri.ToString(),
            ["Http:Urls"] = "http://127.0.0.1:0",
            ["Model:Path"] = Repository.Model,
            ["Model:Device"] = "cpu",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var app = WorkerHost.Build(all, configure);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var http = new HttpClient { BaseAddress = new Uri(address) };
        await Eventually.TrueAsync("worker ready", async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode);
        return new(app, http);
    }

    /// <summary>Stops it in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Http.Dispose();
    }
}
