using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Hosting;
using Npgsql;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>
/// What the configuration says: the environment, and what the worker that runs here was started with where the environment
/// does not speak of it. A server that is named is used, and none of its kind is started.
/// </summary>
internal sealed class LocalSettings
{
    /// <summary>Environment variable with the connection to PostgreSQL.</summary>
    public const string PostgresVariable = $"{Prefix}{DatabaseOptions.Section}__ConnectionString";

    /// <summary>Environment variable with the address of RabbitMQ.</summary>
    public const string RabbitMqVariable = Prefix + "RabbitMq__Uri";

    /// <summary>Environment variable with the addresses the worker listens on.</summary>
    public const string UrlsVariable = Prefix + "Http__Urls";

    private const string Prefix = EnvironmentSettings.Prefix;

    private const string DefaultUrls = "http://127.0.0.1:8080";

    private readonly IConfigurationRoot _configuration;

    /// <summary>Reads them.</summary>
    /// <param name="remembered">What a worker was started with, by key.</param>
    public LocalSettings(IReadOnlyDictionary<string, string>? remembered = null)
    {
        var environment = EnvironmentSettings.Read();
        var given = new Dictionary<string, string>(remembered ?? environment, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in environment)
        {
            given[key] = value;
        }

        // An empty value takes a remembered one back.
        Given = given.Where(entry => !string.IsNullOrWhiteSpace(entry.Value)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        Kept = [.. Given.Keys.Where(key => !environment.ContainsKey(key)).Order(StringComparer.Ordinal)];
        _configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddInMemoryCollection(Given.Select(entry => KeyValuePair.Create<string, string?>(entry.Key, entry.Value)))
            .Build();
    }

    /// <summary>Every setting that is given, by key such as <c>Security:Token</c>; the program's own defaults are not among them.</summary>
    public IReadOnlyDictionary<string, string> Given { get; }

    /// <summary>The keys of those that only the running worker knows.</summary>
    public IReadOnlyList<string> Kept { get; }

    /// <summary>PostgreSQL elsewhere.</summary>
    public string? Postgres => NotEmpty($"{DatabaseOptions.Section}:ConnectionString");

    /// <summary>RabbitMQ elsewhere.</summary>
    public string? RabbitMq => NotEmpty("RabbitMq:Uri");

    /// <summary>Where the worker is told to listen; not the default, which may give way to another port.</summary>
    public string? Urls => NotEmpty("Http:Urls") is { } urls && urls != DefaultUrls ? urls : null;

    /// <summary>Bearer token that the worker asks for.</summary>
    public string? Token => NotEmpty("Security:Token");

    /// <summary>Folder of the model bundle.</summary>
    public string ModelPath => Path.Combine(Places.Home, NotEmpty($"{ModelOptions.Section}:Path") ?? Path.Combine("models", "default"));

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

    /// <summary>Where the model is to run, as it is written.</summary>
    public string ModelDevice => NotEmpty($"{ModelOptions.Section}:Device") ?? "auto";

    /// <summary>The address form of a connection string in either form.</summary>
    /// <exception cref="CommandException">It is neither. The message does not repeat it: it may hold a password.</exception>
    public static string AsUri(string connectionString)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(ConnectionStrings.Normalise(connectionString));
            if (connectionString.Contains("://", StringComparison.Ordinal))
            {
                return connectionString;
            }

            var user = Uri.EscapeDataString(parts.Username ?? "");
            var password = parts.Password is { Length: > 0 } secret ? ":" + Uri.EscapeDataString(secret) : "";
            return parts.Host is { Length: > 0 }
                ? $"postgresql://{user}{password}@{parts.Host}:{parts.Port}/{Uri.EscapeDataString(parts.Database ?? parts.Username ?? "")}"
                : throw new FormatException();
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new CommandException(
                "Postgres:ConnectionString must be postgresql://user:password@host:port/name or Npgsql's own form.",
                "Postgres:ConnectionString は postgresql://user:password@host:port/name またはNpgsqlの形式で指定してください。",
                e);
        }
    }

    /// <summary>The environment variable of a setting.</summary>
    public static string Variable(string key) => Prefix + key.Replace(":", "__", StringComparison.Ordinal);

    private string? NotEmpty(string key) => _configuration[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
}
