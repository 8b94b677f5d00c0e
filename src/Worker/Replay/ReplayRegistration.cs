namespace EcgIntegration.Worker.Replay;

internal static class ReplayRegistration
{
    public static IServiceCollection AddReplay(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReplayOptions>().Bind(configuration.GetSection(ReplayOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ReplayModels>();
        services.AddSingleton<ReplayRequests>();
        services.AddSingleton<StoredEcgReplay>();
        services.AddSingleton<KeptBodyReplay>();
        services.AddSingleton<ReplayProcessor>();
        services.AddHostedService<ReplayFeeder>();
        services.AddHostedService<ReplayAnswers>();
        return services;
    }
}
