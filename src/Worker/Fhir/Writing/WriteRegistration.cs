using EcgIntegration.Worker.Fhir.Writing.Bundles;
using EcgIntegration.Worker.Fhir.Writing.Signing;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>Registration of the writing side.</summary>
internal static class WriteRegistration
{
    /// <summary>Adds what <see cref="WriteEndpoints.MapWriting"/> needs besides the reading side.</summary>
    public static IServiceCollection AddFhirWriting(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LedgerSignal>();
        return services
            .AddSingleton<ConditionReader>()
            .AddSingleton<ResourceWrites>()
            .AddSingleton<ReportSigning>()
            .AddSingleton<EntryGet>()
            .AddSingleton<BundleEndpoint>();
    }
}
