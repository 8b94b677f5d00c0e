using EcgIntegration.Worker.Fhir.Writing;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>Registers the delivery of notifications.</summary>
internal static class SubscriptionRegistration
{
    public static IServiceCollection AddSubscriptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SubscriptionOptions>().Bind(configuration.GetSection(SubscriptionOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SubscriptionOptions>, SubscriptionOptionsValidator>();
        services.AddSingleton<AllowedEndpoints>();
        services.AddSingleton<IResourceRule, SubscriptionRules>();
        // No redirects: they would lead to addresses that nobody has allowed. No log of requests: it would hold their headers.
        services.AddHttpClient(SubscriptionDeliverer.Client)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .RemoveAllLoggers();
        services.AddHostedService<SubscriptionDeliverer>();
        return services;
    }
}
