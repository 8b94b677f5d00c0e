using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Security;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Hosting;

/// <summary>Faults that the operator mends in the configuration; everything else is a defect and shows its stack.</summary>
internal static class StartFault
{
    /// <summary>The sentence to show, or <see langword="null"/> for a defect.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException e => string.Join(' ', e.Failures),
        UnsafeAddressException or ModelBundleException or DeviceUnavailableException => exception.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            "The address to listen on is in use: set Http:Urls to another port.",
        AggregateException { InnerException: { } inner } => Explain(inner),
        _ => null,
    };
}
