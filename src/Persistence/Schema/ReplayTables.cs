using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace EcgIntegration.Persistence.Schema;

/// <summary>The tables of replays.</summary>
internal static class ReplayTables
{
    private const string Json = "jsonb";
    private const string Binary = "C";
    private const int HashLength = 64;
    private const int KeyLength = 128;

    public static void Job(EntityTypeBuilder<ReplayJobRow> table)
    {
        table.ToTable("replay_job", t =>
        {
            t.HasCheckConstraint("ck_replay_job_state", "state IN ('running', 'paused', 'cancelled', 'completed')");
            t.HasCheckConstraint("ck_replay_job_finished", "(state IN ('running', 'paused')) = (finished_at IS NULL)");
        });
        table.HasKey(row => row.Id);
        table.Property(row => row.Key).HasMaxLength(KeyLength).UseCollation(Binary);
        table.Property(row => row.Selection).HasColumnType(Json);
        table.Property(row => row.Asked).HasColumnType(Json);
        table.Property(row => row.RequestedModel).HasMaxLength(HashLength).UseCollation(Binary);
        table.Property(row => row.ModelSha256).HasMaxLength(HashLength).UseCollation(Binary);
        table.HasIndex(row => row.Key).IsUnique().HasDatabaseName("ux_replay_job_key");
        table.HasIndex(row => row.SubmittedAt).HasDatabaseName("ix_replay_job_newest").IsDescending();
        table.HasIndex(row => row.State).HasDatabaseName("ix_replay_job_unpublished").HasFilter("published_at IS NULL");
    }

    public static void Item(EntityTypeBuilder<ReplayItemRow> table)
    {
        table.ToTable("replay_item", t =>
        {
            t.HasCheckConstraint("ck_replay_item_state", "state IN ('waiting', 'queued', 'done')");
            t.HasCheckConstraint("ck_replay_item_lease", "(state = 'queued') = (leased_until IS NOT NULL)");
            t.HasCheckConstraint("ck_replay_item_result", "(state = 'done') = (result IS NOT NULL)");
        });
        table.HasKey(row => new { row.JobId, row.Ordinal });
        table.Property(row => row.ObservationId).HasMaxLength(HashLength).UseCollation(Binary);
        table.Property(row => row.Reason).HasColumnType(Json);
        table.HasOne<ReplayJobRow>().WithMany().HasForeignKey(row => row.JobId).OnDelete(DeleteBehavior.Restrict)
            .HasConstraintName("fk_replay_item_job");
        // What is open, and what is on the queue: short however long the replay is.
        table.HasIndex(row => new { row.JobId, row.Ordinal }).HasDatabaseName("ix_replay_item_open").HasFilter("state <> 'done'");
        table.HasIndex(row => row.LeasedUntil).HasDatabaseName("ix_replay_item_queued").HasFilter("state = 'queued'");
        table.HasIndex(row => row.EventId).IsUnique().HasDatabaseName("ux_replay_item_event");
        table.HasIndex(row => row.SourceEventId).HasDatabaseName("ix_replay_item_mended").HasFilter("written AND observation_id IS NULL");
    }

    public static void Refusal(EntityTypeBuilder<ReplayRefusalRow> table)
    {
        table.ToTable("replay_refusal");
        table.HasKey(row => row.EventId);
        table.Property(row => row.Key).HasMaxLength(KeyLength).UseCollation(Binary);
        table.Property(row => row.Reasons).HasColumnType(Json);
        table.HasIndex(row => row.RefusedAt).HasDatabaseName("ix_replay_refusal_unpublished").HasFilter("published_at IS NULL");
    }
}
