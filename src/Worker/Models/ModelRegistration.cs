namespace EcgIntegration.Worker.Models;

/// <summary>Registers what follows the models' roles.</summary>
internal static class ModelRegistration
{
    /// <summary>Adds <see cref="ModelRoleFollower"/> and <see cref="ShadowRunner"/>; after the models, so that they stop before those drain.</summary>
    public static IServiceCollection AddModelRoles(this IServiceCollection services)
    {
        services.AddSingleton<ModelRoleFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelRoleFollower>());
        services.AddHostedService<ShadowRunner>();
        return services;
    }
}
