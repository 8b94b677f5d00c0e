using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Review;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Persistence.Writing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EcgIntegration.Persistence.Hosting;

/// <summary>Registration of the database.</summary>
public static class PersistenceServices
{
    /// <summary>
    /// Adds <see cref="IStudyLedger"/>, <see cref="IFhirStore"/>, <see cref="IFhirSearch"/>, <see cref="IFhirWriting"/>,
    /// <see cref="IModelRoles"/>,
    /// <see cref="IShadowResults"/>, <see cref="IAuditLog"/>, <see cref="IAuditTrail"/>, <see cref="IIntakeFigures"/>,
    /// <see cref="IKeptBodies"/>, <see cref="IReplayJobs"/>, <see cref="IReplayWork"/>, <see cref="IReviewList"/>,
    /// <see cref="DatabaseMigrator"/> and <see cref="DatabaseProbe"/> over one pool of connections, configured by the section
    /// <see cref="DatabaseOptions.Section"/>.
    /// </summary>
    public static IServiceCollection AddEcgPersistence(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<DatabaseOptions>()
            .Bind(configuration.GetSection(DatabaseOptions.Section))
            .ValidateDataAnnotations()
            .Validate(HasUsableConnectionString, "Postgres:ConnectionString must be postgresql://user:password@host:port/name or Npgsql's own form.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreateDataSource);
        services.TryAddSingleton<DatabaseMigrator>();
        services.TryAddSingleton<DatabaseProbe>();
        services.TryAddSingleton<IAuditLog, PostgresAuditLog>();
        services.TryAddSingleton<IAuditTrail, PostgresAuditTrail>();
        services.TryAddSingleton<IFhirStore, PostgresFhirStore>();
        services.TryAddSingleton<IFhirSearch, PostgresFhirSearch>();
        services.TryAddSingleton<IFhirWriting, PostgresFhirWriting>();
        services.TryAddSingleton<IModelRoles, PostgresModelRoles>();
        services.TryAddSingleton<IShadowResults, PostgresShadowResults>();
        services.TryAddSingleton<IStudyLedger, PostgresStudyLedger>();
        services.TryAddSingleton<IIntakeFigures, PostgresIntakeFigures>();
        services.TryAddSingleton<IKeptBodies, PostgresKeptBodies>();
        services.TryAddSingleton<IReplayJobs, PostgresReplayJobs>();
        services.TryAddSingleton<IReplayWork, PostgresReplayWork>();
        services.TryAddSingleton<IReviewList, PostgresReviewList>();
        return services;
    }

    private static NpgsqlDataSource CreateDataSource(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        return new NpgsqlDataSourceBuilder(ConnectionStrings.ForPool(options))
            .UseLoggerFactory(services.GetService<ILoggerFactory>())
            .EnableParameterLogging(false)
            .Build();
    }

    private static bool HasUsableConnectionString(DatabaseOptions options)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(ConnectionStrings.Normalise(options.ConnectionString)).Host is { Length: > 0 };
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return false;
        }
    }
}
