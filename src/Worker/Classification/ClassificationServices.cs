using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Classification;

/// <summary>Registers the models.</summary>
internal static class ClassificationServices
{
    /// <summary>
    /// Adds <see cref="IModelPool"/> and <see cref="BundleCatalogue"/>. Hosted services stop in reverse order: call this
    /// before adding whatever submits ECGs, so that the classifiers drain after the last of them has come in.
    /// </summary>
    public static IServiceCollection AddClassification(this IServiceCollection services)
    {
        services.AddOptions<ModelOptions>().BindConfiguration(ModelOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModelOptions>, ModelOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => BundleCatalogue.Of(
            provider.GetRequiredService<IOptions<ModelOptions>>().Value,
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath));
        services.AddSingleton(provider => new ModelPool(
            provider.GetRequiredService<BundleCatalogue>(),
            provider.GetRequiredService<IOptions<ModelOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ModelPool>>()));
        services.AddSingleton<IModelPool>(provider => provider.GetRequiredService<ModelPool>());
        services.AddHostedService<ModelHost>();
        return services;
    }

    /// <summary>Loads the default model at the start, where a bad bundle or a missing device must fail, and drains at the stop.</summary>
    private sealed class ModelHost(ModelPool pool, BundleCatalogue catalogue, ILogger<ModelPool> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            // The default one has been loaded, or the start has failed.
            foreach (var bundle in catalogue.List())
            {
                if (bundle.Problem is { } problem)
                {
                    Log.BundleUnusable(logger, Path.GetFileName(bundle.Folder), problem);
                }
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => pool.StopAsync(cancellationToken);
    }
}
