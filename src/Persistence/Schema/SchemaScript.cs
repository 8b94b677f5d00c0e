namespace EcgIntegration.Persistence.Schema;

/// <summary>SQL that migrations run and EF Core has no model for.</summary>
internal static class SchemaScript
{
    /// <summary>Triggers and functions that hold the promises of history, audit and outcomes.</summary>
    public static string AppendOnly => Read("append-only.sql");

    /// <summary>Triggers and first rows of the models' roles.</summary>
    public static string Models => Read("models.sql");

    /// <summary>Triggers that keep what a replay was asked for, and what came of it.</summary>
    public static string Replay => Read("replay.sql");

    /// <summary>The trigger that archives versions, and indexes of searches.</summary>
    public static string Search => Read("search.sql");

    private static string Read(string name)
    {
        using var stream = typeof(SchemaScript).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
