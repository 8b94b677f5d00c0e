using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>Registers the composer of FHIR resources; the engine is a pure function and needs nothing.</summary>
internal static class SuggestionServices
{
    /// <summary>Adds <see cref="FhirComposer"/>.</summary>
    public static IServiceCollection AddSuggestions(this IServiceCollection services)
    {
        services.AddOptions<SuggestionOptions>().BindConfiguration(SuggestionOptions.Section);
        services.AddSingleton(provider => new FhirComposer(provider.GetRequiredService<IOptions<SuggestionOptions>>().Value));
        return services;
    }
}
