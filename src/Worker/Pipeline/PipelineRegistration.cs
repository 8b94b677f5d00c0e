using EcgIntegration.Worker.Observability;

namespace EcgIntegration.Worker.Pipeline;

internal static class PipelineRegistration
{
    public static IServiceCollection AddPipeline(this IServiceCollection services)
    {
        services.AddSingleton<DatabasePatience>();
        services.AddSingleton<PipelineMetrics>();
        services.AddSingleton<StudyProcessor>();
        services.AddSingleton<OutcomeDispatcher>();
        services.AddSingleton<EventPipeline>();
        services.AddSingleton<LedgerSignal>();
        services.AddHostedService<LedgerReconciler>();
        services.AddHostedService<OutcomeRepublisher>();
        return services;
    }
}
