using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The whole worker in this process, on a database and a virtual host of its own, with the shipped model.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private readonly IAsyncDisposable? _database;
    private readonly TestVirtualHost _broker;
    private readonly WebApplication _app;

    private RunningWorker(IAsyncDisposable? database, TestVirtualHost broker, WebApplication app, HttpClient http, EventClient events)
    {
        _database = database;
        _broker = broker;
        _app = app;
        Http = http;
        Events = events;
    }

    public HttpClient Http { get; }

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public EventClient Events { get; }

    public string VirtualHost => _broker.Name;

    /// <summary>What it is made of, to look into its ledger.</summary>
    public IServiceProvider Services => _app.Services;

    public static async Task<RunningWorker> StartAsync(
        PostgresFixture postgres,
        RabbitMqFixture rabbit,
        IReadOnlyDictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        return await StartAsync(database.ConnectionString, rabbit, database, settings, services);
    }

    /// <summary>Starts it on a database that the test takes care of.</summary>
    public static async Task<RunningWorker> StartAsync(
        string connectionString,
        RabbitMqFixture rabbit,
        IAsyncDisposable? database = null,
        IReadOnlyDictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null)
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        var all = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>())
        {
            ["Postgres:ConnectionString"] = connectionString,
            ["RabbitMq:Uri"] = broker.AmqpUri.ToString(),
            ["Http:Urls"] = "http://127.0.0.1:0",
            ["Model:Path"] = Repository.Model,
            ["Model:Device"] = "cpu",
        };
        var app = WorkerHost.Build(all, services);
        await app.StartAsync(TestEnd);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var http = new HttpClient { BaseAddress = new Uri(address) };
        await Eventually.TrueAsync("worker ready", async () => (await http.GetAsync("/health/ready", TestEnd)).IsSuccessStatusCode);
        return new(database, broker, app, http, await EventClient.ConnectAsync(broker.AmqpUri));
    }

    /// <summary>The JSON at a path, which must be there.</summary>
    public Task<JsonElement> JsonAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path, TestEnd);

    /// <summary>The status that a path answers with.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path) => (await Http.GetAsync(path, TestEnd)).StatusCode;

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Http.Dispose();
        await _broker.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}
