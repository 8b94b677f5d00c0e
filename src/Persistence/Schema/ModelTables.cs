using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace EcgIntegration.Persistence.Schema;

/// <summary>The tables of models: their roles, and what those in the shadow said.</summary>
internal static class ModelTables
{
    private const string Json = "jsonb";
    private const string Binary = "C";
    private const string KnownRole = "role IN ('active', 'shadow')";
    private const int HashLength = 64;

    public static void Role(EntityTypeBuilder<ModelRoleRow> table)
    {
        table.ToTable("model_role", t => t.HasCheckConstraint("ck_model_role", KnownRole));
        table.HasKey(row => row.Role);
        table.Property(row => row.ModelSha256).HasMaxLength(HashLength).UseCollation(Binary);
    }

    public static void Change(EntityTypeBuilder<ModelRoleChangeRow> table)
    {
        table.ToTable("model_role_history", t =>
        {
            t.HasCheckConstraint("ck_model_role_history_role", KnownRole);
            t.HasCheckConstraint("ck_model_role_history_why", "why <> ''");
        });
        table.HasKey(row => row.Id);
        table.Property(row => row.FromSha256).HasMaxLength(HashLength).UseCollation(Binary);
        table.Property(row => row.ToSha256).HasMaxLength(HashLength).UseCollation(Binary);
    }

    public static void Shadow(EntityTypeBuilder<ShadowResultRow> table)
    {
        table.ToTable("shadow_result", t => t.HasCheckConstraint(
            "ck_shadow_result_status", "status IN ('classified', 'uncertain', 'unanalysable', 'failed')"));
        // By model first: the comparison reads all results of one model.
        table.HasKey(row => new { row.ModelSha256, row.StudyId });
        table.Property(row => row.ModelSha256).HasMaxLength(HashLength).UseCollation(Binary);
        table.Property(row => row.Reasons).HasColumnType(Json);
        table.Property(row => row.Suggestions).HasColumnType(Json);
        table.Property(row => row.Execution).HasColumnType(Json);
        table.HasOne<StudyRow>().WithMany().HasForeignKey(row => row.StudyId).OnDelete(DeleteBehavior.Restrict)
            .HasConstraintName("fk_shadow_result_study");
        table.HasIndex(row => row.StudyId).HasDatabaseName("ix_shadow_result_study");
    }
}
