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

    /// <summary>Triggers that let subscriptions follow their resources.</summary>
    public static string Subscriptions => Read("subscriptions.sql");

    /// <summary>Moves samples to their own table.</summary>
    public static string Samples => Read("samples.sql");

    /// <summary>The trigger that keeps what a replay was asked for, as it was typed too.</summary>
    public static string ReplayAsked => Read("replay-asked.sql");

    /// <summary>The chain of audit records that can be of several patients.</summary>
    public static string AuditPatients => Read("audit-patients.sql");

    /// <summary>The order of Patients by name.</summary>
    public static string SortNames => Read("sort-names.sql");

    private static string Read(string name)
    {
        using var stream = typeof(SchemaScript).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
