using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace EcgIntegration.Persistence.Schema;

/// <summary>The tables of subscriptions: how each stands, and what its subscriber is told of.</summary>
internal static class SubscriptionTables
{
    private const string Binary = "C";
    private const int IdLength = 64;

    public static void State(EntityTypeBuilder<SubscriptionRow> table)
    {
        table.ToTable("subscription", t => t.HasCheckConstraint(
            "ck_subscription_status", "status IN ('requested', 'active', 'error', 'off')"));
        table.HasKey(row => row.Id);
        table.Property(row => row.Id).HasMaxLength(IdLength).UseCollation(Binary);
        table.Property(row => row.Events).HasDefaultValue(0L);
        table.Property(row => row.Attempts).HasDefaultValue(0);
    }

    public static void Notice(EntityTypeBuilder<SubscriptionNoticeRow> table)
    {
        table.ToTable("subscription_notice");
        table.HasKey(row => new { row.SubscriptionId, row.Number });
        table.Property(row => row.SubscriptionId).HasMaxLength(IdLength).UseCollation(Binary);
        table.Property(row => row.ReportId).HasMaxLength(IdLength).UseCollation(Binary);
        table.HasOne<SubscriptionRow>().WithMany().HasForeignKey(row => row.SubscriptionId).OnDelete(DeleteBehavior.Restrict)
            .HasConstraintName("fk_subscription_notice_subscription");
        // What is undelivered is little while all is well: the index holds no more than that.
        table.HasIndex(row => new { row.SubscriptionId, row.Number })
            .HasDatabaseName("ix_subscription_notice_undelivered").HasFilter("delivered_at IS NULL");
    }
}
