namespace EcgIntegration.Worker.Hosting;

/// <summary>The settings of the environment: <c>ECG_Section__Key</c>. An empty variable is none, as everywhere in a shell.</summary>
internal static class EnvironmentSettings
{
    /// <summary>What their names begin with.</summary>
    public const string Prefix = "ECG_";

    /// <summary>All of them by key, such as <c>Security:Token</c>, the empty ones too.</summary>
    public static IReadOnlyDictionary<string, string> Read() => new ConfigurationBuilder().AddEnvironmentVariables(Prefix).Build().AsEnumerable()
        .Where(entry => entry.Value is not null && entry.Key.Contains(':', StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds those that are not empty.</summary>
    public static IConfigurationBuilder AddEcgEnvironment(this IConfigurationBuilder configuration) => configuration.AddInMemoryCollection(
        Read().Where(entry => !string.IsNullOrWhiteSpace(entry.Value)).Select(entry => KeyValuePair.Create<string, string?>(entry.Key, entry.Value)));
}
