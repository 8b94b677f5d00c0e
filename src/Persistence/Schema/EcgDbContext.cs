using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace EcgIntegration.Persistence.Schema;

/// <summary>
/// The schema, from which the migrations are made. At run time statements go through Npgsql: each method of the ledger is a
/// few statements whose locks are the point of it.
/// </summary>
internal sealed class EcgDbContext(DbContextOptions<EcgDbContext> options) : DbContext(options)
{
    private const string Json = "jsonb";
    private const string Binary = "C";
    private const string KnownStatus = "status IN ('received', 'classified', 'uncertain', 'unanalysable', 'rejected', 'failed')";
    private const string Shown = "is_current OR status = 'failed'";
    private const int HashLength = 64;
    private const int IdLength = 64;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ResourceRow>(Resource);
        modelBuilder.Entity<ResourceRow>(SearchTables.Indexes);
        modelBuilder.Entity<ResourceTextRow>(SearchTables.Text);
        modelBuilder.Entity<SearchIndexRow>(SearchTables.Index);
        modelBuilder.Entity<ResourceHistoryRow>(History);
        modelBuilder.Entity<WaveformRow>(Waveform);
        modelBuilder.Entity<SamplesRow>(Samples);
        modelBuilder.Entity<StudyRow>(Study);
        modelBuilder.Entity<IntakeEventRow>(IntakeEvent);
        modelBuilder.Entity<RejectedInputRow>(RejectedInput);
        modelBuilder.Entity<AuditRow>(Audit);
        modelBuilder.Entity<ModelRoleRow>(ModelTables.Role);
        modelBuilder.Entity<ModelRoleChangeRow>(ModelTables.Change);
        modelBuilder.Entity<ShadowResultRow>(ModelTables.Shadow);
        modelBuilder.Entity<ReplayJobRow>(ReplayTables.Job);
        modelBuilder.Entity<ReplayItemRow>(ReplayTables.Item);
        modelBuilder.Entity<ReplayRefusalRow>(ReplayTables.Refusal);
        modelBuilder.Entity<SubscriptionRow>(SubscriptionTables.State);
        modelBuilder.Entity<SubscriptionNoticeRow>(SubscriptionTables.Notice);
        UseSnakeCase(modelBuilder);
    }

    private static void Resource(EntityTypeBuilder<ResourceRow> table)
    {
        table.ToTable("resource");
        table.HasKey(row => new { row.Type, row.Id });
        Identity(table.Property(row => row.Type), table.Property(row => row.Id));
        table.Property(row => row.Content).HasColumnType(Json);

        // Patient first: most searches are about one patient, and one patient's resources lie together. The page's order is
        // the index's, so a page costs its own length.
        table.HasIndex(row => new { row.Patient, row.Type, row.Date, row.Id })
            .HasDatabaseName("ix_resource_patient").IsDescending(false, false, true, true).HasFilter("patient IS NOT NULL");
        // By its bytes, so that what follows a system is the next one.
        table.Property(row => row.PatientIdentifier).UseCollation(Binary);
        table.HasIndex(row => new { row.PatientIdentifier, row.Type, row.Date, row.Id })
            .HasDatabaseName("ix_resource_patient_identifier").IsDescending(false, false, true, true).HasFilter("patient_identifier IS NOT NULL");
    }

    private static void History(EntityTypeBuilder<ResourceHistoryRow> table)
    {
        table.ToTable("resource_history");
        table.HasKey(row => new { row.Type, row.Id, row.Version });
        Identity(table.Property(row => row.Type), table.Property(row => row.Id));
        table.Property(row => row.Content).HasColumnType(Json);
        table.Property(row => row.Deleted).HasDefaultValue(false);
        table.HasIndex(row => new { row.Type, row.LastUpdated, row.Id, row.Version }).HasDatabaseName("ix_resource_history_last_updated");
    }

    private static void Waveform(EntityTypeBuilder<WaveformRow> table)
    {
        table.ToTable("waveform");
        table.HasKey(row => new { row.Type, row.Id, row.Version });
        Identity(table.Property(row => row.Type), table.Property(row => row.Id));
    }

    private static void Samples(EntityTypeBuilder<SamplesRow> table)
    {
        table.ToTable("samples");
        table.HasKey(row => row.Sha256);
    }

    private static void Study(EntityTypeBuilder<StudyRow> table)
    {
        table.ToTable("study", t =>
        {
            t.HasCheckConstraint("ck_study_status", KnownStatus);
            t.HasCheckConstraint("ck_study_final", "(status = 'received') = (finished_at IS NULL)");
        });
        table.HasKey(row => row.Id);
        table.Property(row => row.ObservationKey).HasMaxLength(HashLength).UseCollation(Binary);
        table.Property(row => row.InputSha256).HasMaxLength(HashLength).UseCollation(Binary);
        table.Property(row => row.ModelSha256).HasMaxLength(HashLength).UseCollation(Binary);
        table.Property(row => row.ObservationId).HasMaxLength(IdLength).UseCollation(Binary);
        table.Property(row => row.Reasons).HasColumnType(Json);
        table.Property(row => row.Suggestions).HasColumnType(Json);
        table.Property(row => row.Execution).HasColumnType(Json);
        table.Property(row => row.Run).HasDefaultValue(0);
        table.Property(row => row.Priority).HasDefaultValue("routine");
        table.Property(row => row.IsCurrent).HasDefaultValue(false);
        table.HasIndex(row => new { row.ObservationKey, row.InputSha256, row.ModelSha256, row.Run })
            .IsUnique().HasDatabaseName("ux_study_business_key");
        table.HasIndex(row => row.ObservationId).IsUnique().HasDatabaseName("ux_study_current").HasFilter("is_current");
        table.HasIndex(row => new { row.ObservationId, row.CreatedAt }).HasDatabaseName("ix_study_observation");
        table.HasIndex(row => row.FinishedAt).HasDatabaseName("ix_study_finished").HasFilter("finished_at IS NOT NULL");
        // What a replay selects by, of the studies that an ECG shows.
        table.HasIndex(row => new { row.Status, row.Urgency }).HasDatabaseName("ix_study_shown_status").HasFilter(Shown);
        table.HasIndex(row => row.ModelSha256).HasDatabaseName("ix_study_shown_model").HasFilter(Shown);
        table.HasIndex(row => row.Suggestions).HasDatabaseName("ix_study_suggestions").HasMethod("gin").HasOperators("jsonb_path_ops");
        table.HasIndex(row => row.Reasons).HasDatabaseName("ix_study_reasons").HasMethod("gin").HasOperators("jsonb_path_ops");
    }

    private static void IntakeEvent(EntityTypeBuilder<IntakeEventRow> table)
    {
        table.ToTable("intake_event", t =>
        {
            t.HasCheckConstraint("ck_intake_event_status", KnownStatus);
            t.HasCheckConstraint(
                "ck_intake_event_final",
                "(status = 'received') = (finished_at IS NULL) AND (status = 'received') = (next_attempt_at IS NOT NULL)");
        });
        table.HasKey(row => row.EventId);
        table.Property(row => row.Reasons).HasColumnType(Json);
        table.Property(row => row.NoticeOwed).HasDefaultValue(false);
        table.Property(row => row.ObservationId).HasMaxLength(IdLength).UseCollation(Binary);
        table.HasOne<StudyRow>().WithMany().HasForeignKey(row => row.StudyId).OnDelete(DeleteBehavior.Restrict)
            .HasConstraintName("fk_intake_event_study");
        table.HasIndex(row => row.StudyId).HasDatabaseName("ix_intake_event_study");
        table.HasIndex(row => new { row.ObservationId, row.ObservationVersion })
            .HasDatabaseName("ix_intake_event_observation").HasFilter("observation_id IS NOT NULL");
        table.HasIndex(row => new { row.ReceivedAt, row.EventId })
            .HasDatabaseName("ix_intake_event_newest").IsDescending(true, true);
        table.HasIndex(row => new { row.SourceSystem, row.ReceivedAt }).HasDatabaseName("ix_intake_event_source");
        // Both queues are short while all is well: the indexes hold what is open, not what has ever been.
        table.HasIndex(row => row.NextAttemptAt).HasDatabaseName("ix_intake_event_due").HasFilter("status = 'received'");
        table.HasIndex(row => row.FinishedAt).HasDatabaseName("ix_intake_event_unpublished")
            .HasFilter("(published_at IS NULL OR notice_owed) AND status <> 'received'");
    }

    private static void RejectedInput(EntityTypeBuilder<RejectedInputRow> table)
    {
        table.ToTable("rejected_input");
        table.HasKey(row => row.EventId);
        table.HasOne<IntakeEventRow>().WithOne().HasForeignKey<RejectedInputRow>(row => row.EventId)
            .OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_rejected_input_intake_event");
    }

    private static void Audit(EntityTypeBuilder<AuditRow> table)
    {
        table.ToTable("audit");
        table.HasKey(row => row.Sequence);
        table.Property(row => row.Sequence).ValueGeneratedNever();
        table.HasIndex(row => new { row.Patient, row.At }).HasDatabaseName("ix_audit_patient");
        table.HasIndex(row => new { row.At, row.Sequence }).HasDatabaseName("ix_audit_at");
        table.HasIndex(row => row.OtherPatients).HasMethod("gin").HasFilter("other_patients IS NOT NULL").HasDatabaseName("ix_audit_other_patients");
    }

    private static void Identity(PropertyBuilder<string> type, PropertyBuilder<string> id)
    {
        type.HasMaxLength(IdLength).UseCollation(Binary);
        id.HasMaxLength(IdLength).UseCollation(Binary);
    }

    private static void UseSnakeCase(ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            entity.FindPrimaryKey()!.SetName("pk_" + entity.GetTableName());
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            }
        }
    }
}
