using System.Globalization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Serilog;
using Serilog.Events;

namespace EcgIntegration.Worker.Observability;

internal static class ObservabilityRegistration
{
    private const string SeqKey = "Seq:Url";
    private const string SeqApiKey = "Seq:ApiKey";
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {SourceContext}: {Message:lj}{NewLine}{Exception}";

    public static WebApplicationBuilder AddObservability(this WebApplicationBuilder builder)
    {
        builder.Services.AddSerilog(logging =>
        {
            // The frameworks log paths, queries and bodies at the levels left out here: they can identify a patient.
            logging
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
                .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
                .MinimumLevel.Override("MassTransit", LogEventLevel.Warning)
                .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
                .WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
            if (builder.Configuration[SeqKey] is { Length: > 0 } url)
            {
                logging.WriteTo.Seq(url, apiKey: builder.Configuration[SeqApiKey], formatProvider: CultureInfo.InvariantCulture);
            }
        });
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("ecg-worker")).WithMetrics(metrics => metrics
            .AddMeter(PipelineMetrics.MeterName)
            .AddMeter("Npgsql")
            .AddRuntimeInstrumentation()
            .AddAspNetCoreInstrumentation()
            .AddPrometheusExporter());
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database").AddCheck<ModelHealth>("model");
        return builder;
    }

    public static void MapMetrics(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics");
}
