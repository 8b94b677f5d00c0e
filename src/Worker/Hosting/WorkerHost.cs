using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Models;
using EcgIntegration.Worker.Observability;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Replay;
using EcgIntegration.Worker.Review;
using EcgIntegration.Worker.Security;
using EcgIntegration.Worker.Subscriptions;
using EcgIntegration.Worker.Suggestions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Hosting;

/// <summary>The long-running worker: one registration a feature.</summary>
internal static class WorkerHost
{
    /// <summary>Runs until it is told to end. Faults of configuration end the start with one sentence.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build();

            // Here rather than in the host's start, which would log each of these faults with its stack.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            app.Services.GetRequiredService<IModelPool>();
            await app.RunAsync(cancellationToken);
            return 0;
        }
        catch (Exception e) when (StartFault.Explain(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }

    /// <summary>Holds settings to what the worker holds them to at its start.</summary>
    /// <param name="settings">Settings that go before the environment's.</param>
    /// <remarks>What it throws is for <see cref="StartFault.Explain"/>.</remarks>
    public static async Task CheckAsync(IReadOnlyDictionary<string, string?> settings)
    {
        await using var app = Build(settings);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        ModelBundle.Load(app.Services.GetRequiredService<BundleCatalogue>().DefaultFolder);
    }

    /// <summary>Builds the worker without starting it.</summary>
    /// <param name="settings">Settings that go before the environment's.</param>
    /// <param name="configure">Changes to the services, after all others.</param>
    public static WebApplication Build(IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Environment.CurrentDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: false)
            .AddEcgEnvironment()
            .AddInMemoryCollection(settings);
        builder.AddSecurity();
        builder.AddObservability();
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<StartupGate>()
            .AddEcgPersistence(builder.Configuration)
            .AddClassification()
            .AddSuggestions()
            .AddModelRoles()
            .AddPipeline()
            .AddMessaging(builder.Configuration)
            .AddReplay(builder.Configuration)
            .AddFhir()
            .AddSubscriptions(builder.Configuration)
            .AddHostedService<DatabaseStartup>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(40));
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseSecurity();
        app.MapHealth();
        app.MapMetrics();
        app.MapFhir();
        app.MapReplay();
        app.MapSubscriptions();
        app.MapEvents();
        app.MapReview();
        return app;
    }
}
