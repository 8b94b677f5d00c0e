using System.Security.Cryptography;
using System.Text;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Security;
using Npgsql;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>What the configuration says about servers: one that is named there is used, and none of its kind is started.</summary>
internal sealed class LocalSettings
{
    /// <summary>Environment variable with the connection to PostgreSQL.</summary>
    public const string PostgresVariable = $"{Prefix}{DatabaseOptions.Section}__ConnectionString";

    /// <summary>Environment variable with the address of RabbitMQ.</summary>
    public const string RabbitMqVariable = Prefix + "RabbitMq__Uri";

    /// <summary>Environment variable with the addresses the worker listens on.</summary>
    public const string UrlsVariable = Prefix + "Http__Urls";

    private const string Prefix = "ECG_";

    private const string DefaultUrls = "http://127.0.0.1:8080";

    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables(Prefix)
        .Build();

    /// <summary>PostgreSQL elsewhere.</summary>
    public string? Postgres => NotEmpty($"{DatabaseOptions.Section}:ConnectionString");

    /// <summary>RabbitMQ elsewhere.</summary>
    public string? RabbitMq => NotEmpty("RabbitMq:Uri");

    /// <summary>Where the worker is told to listen; not the default, which may give way to another port.</summary>
    public string? Urls => NotEmpty("Http:Urls") is { } urls && urls != DefaultUrls ? urls : null;

    /// <summary>Bearer token that the worker asks for.</summary>
    public string? Token => NotEmpty("Security:Token");

    /// <summary>Where bundles lie; how they run is the worker's.</summary>
    public ModelOptions Models
    {
        get
        {
            var options = new ModelOptions();
            options.Path = NotEmpty($"{ModelOptions.Section}:{nameof(options.Path)}") ?? options.Path;
            options.Bundles = NotEmpty($"{ModelOptions.Section}:{nameof(options.Bundles)}") ?? options.Bundles;
            return options;
        }
    }

    /// <summary>Changes with any setting, so that a worker which runs on others is told apart.</summary>
    public string Fingerprint
    {
        get
        {
            var settings = _configuration.AsEnumerable().Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal);
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', settings))));
        }
    }

    /// <summary>Refuses addresses that the worker would refuse, before one that runs is ended for their sake.</summary>
    /// <exception cref="CommandException">An address is not usable, or open to others without a token.</exception>
    public void Check()
    {
        try
        {
            ListenAddresses.Resolve(_configuration, _configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions());
        }
        catch (UnsafeAddressException e)
        {
            throw new CommandException(e.Message, e);
        }
    }

    /// <summary>The address form of a connection string in either form.</summary>
    public static string AsUri(string connectionString)
    {
        if (connectionString.Contains("://", StringComparison.Ordinal))
        {
            return connectionString;
        }

        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var user = Uri.EscapeDataString(parts.Username ?? "");
        var password = parts.Password is { Length: > 0 } secret ? ":" + Uri.EscapeDataString(secret) : "";
        return $"postgresql://{user}{password}@{parts.Host}:{parts.Port}/{Uri.EscapeDataString(parts.Database ?? parts.Username ?? "")}";
    }

    private string? NotEmpty(string key) => NullIfEmpty(_configuration[key]);

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
