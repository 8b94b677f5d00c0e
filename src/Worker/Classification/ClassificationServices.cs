using EcgIntegration.Contracts.Bundles;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Classification;

/// <summary>Registers the model bundle and the classifier.</summary>
internal static class ClassificationServices
{
    /// <summary>
    /// Adds <see cref="ModelBundle"/> and <see cref="IEcgClassifier"/>. Hosted services stop in reverse order: call this
    /// before adding whatever submits ECGs, so that the classifier drains after the last of them has come in.
    /// </summary>
    public static IServiceCollection AddClassification(this IServiceCollection services)
    {
        services.AddOptions<ModelOptions>().BindConfiguration(ModelOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModelOptions>, ModelOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => ModelBundle.Load(Path.GetFullPath(
            provider.GetRequiredService<IOptions<ModelOptions>>().Value.Path,
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath)));
        services.AddSingleton(provider => EcgClassifier.Load(
            provider.GetRequiredService<ModelBundle>(),
            provider.GetRequiredService<IOptions<ModelOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EcgClassifier>>()));
        services.AddSingleton<IEcgClassifier>(provider => provider.GetRequiredService<EcgClassifier>());
        services.AddHostedService<ClassifierHost>();
        return services;
    }

    /// <summary>Loads the model at the start, where a bad bundle or a missing device must fail, and drains at the stop.</summary>
    private sealed class ClassifierHost(EcgClassifier classifier) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => classifier.StopAsync(cancellationToken);
    }
}
