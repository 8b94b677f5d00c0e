using System.ComponentModel.DataAnnotations;

namespace EcgIntegration.Persistence.Hosting;

/// <summary>The database; section <c>Postgres</c>. Checked at start.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Postgres";

    /// <summary><c>postgresql://user:password@host:port/name</c>, or Npgsql's own form.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Most connections of this process.</summary>
    [Range(2, 500)]
    public int MaxPoolSize { get; set; } = 32;

    /// <summary>How long a statement may take, in seconds, before the server ends it.</summary>
    [Range(1, 600)]
    public int StatementTimeoutSeconds { get; set; } = 15;

    /// <summary>How long a statement may wait for a lock, in seconds.</summary>
    [Range(1, 600)]
    public int LockTimeoutSeconds { get; set; } = 10;

    /// <summary>How long the start may wait for another worker's migration, in seconds.</summary>
    [Range(1, 3600)]
    public int MigrationTimeoutSeconds { get; set; } = 300;

    /// <summary>Bodies of rejected events are kept up to this many bytes; of longer ones only hash and length.</summary>
    [Range(0, 64 * 1024 * 1024)]
    public int RejectedBodyLimit { get; set; } = 16 * 1024 * 1024;
}
