using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.Fhir.Reading;
using EcgIntegration.Worker.Fhir.Search;
using EcgIntegration.Worker.Fhir.Writing;
using EcgIntegration.Worker.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EcgIntegration.Worker.Fhir;

/// <summary>FHIR R4 over HTTP. Every way in ends in FHIR JSON, also where it fails.</summary>
internal static class FhirEndpoints
{
    /// <summary>A next link repeats the parameters of a search, which can have come in a body.</summary>
    private const int LongestRequestLine = SearchForm.LargestBody + (16 * 1024);

    /// <summary>Adds what <see cref="MapFhir"/> and <c>MapReview</c> need besides the persistence.</summary>
    public static IServiceCollection AddFhir(this IServiceCollection services) => services
        .Configure<KestrelServerOptions>(options => options.Limits.MaxRequestLineSize = LongestRequestLine)
        .Configure<KestrelServerOptions>(RejectedRequests.Watch)
        .AddSingleton<AccessAudit>()
        .AddSingleton<ServerAddresses>()
        .AddSingleton<AuditEvents>()
        .AddSingleton<RefusalAudit>()
        .AddSingleton<CursorSeal>()
        .AddSingleton<MetadataEndpoint>()
        .AddSingleton<SearchHandler>()
        .AddFhirWriting();

    /// <summary>Maps <c>/fhir</c>.</summary>
    public static IEndpointConventionBuilder MapFhir(this IEndpointRouteBuilder endpoints)
    {
        RejectedRequests.Observe(endpoints.ServiceProvider);
        var fhir = endpoints.MapGroup(FhirPaths.Base).AddEndpointFilter<FhirFaultFilter>().AddEndpointFilter<RefusalAuditFilter>();
        fhir.MapMethods(MetadataEndpoint.Path, FhirPaths.ReadMethods, endpoints.ServiceProvider.GetRequiredService<MetadataEndpoint>().Answer);
        fhir.MapRead();
        fhir.MapHistory();
        fhir.MapSearch();
        fhir.MapWriting();
        fhir.MapUnknown();
        return fhir;
    }
}
