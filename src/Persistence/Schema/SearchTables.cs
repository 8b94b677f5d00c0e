using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace EcgIntegration.Persistence.Schema;

/// <summary>What resources are found by, beside their patient; see also <c>search.sql</c>.</summary>
internal static class SearchTables
{
    private const string Binary = "C";
    private const int IdLength = 64;

    public static void Indexes(EntityTypeBuilder<ResourceRow> table)
    {
        table.Property(row => row.Deleted).HasDefaultValue(false);
        table.Property(row => row.Indexed).HasDefaultValue((short)0);
        table.Property(row => row.Tokens).HasDefaultValueSql("'{}'").UseCollation(Binary);
        table.HasIndex(row => new { row.Type, row.Date, row.Id }).HasDatabaseName("ix_resource_date");
        table.HasIndex(row => new { row.Type, row.Stamped, row.Id }).HasDatabaseName("ix_resource_stamped").HasFilter("stamped IS NOT NULL");
        table.HasIndex(row => new { row.Type, row.LastUpdated, row.Id }).HasDatabaseName("ix_resource_last_updated");
    }

    public static void Text(EntityTypeBuilder<ResourceTextRow> table)
    {
        table.ToTable("resource_text");
        table.HasKey(row => new { row.Type, row.Id, row.Parameter, row.Ordinal });
        table.Property(row => row.Type).HasMaxLength(IdLength).UseCollation(Binary);
        table.Property(row => row.Id).HasMaxLength(IdLength).UseCollation(Binary);
        table.Property(row => row.Parameter).HasMaxLength(IdLength).UseCollation(Binary);
        table.Property(row => row.Folded).UseCollation(Binary);
        table.Property(row => row.Verbatim).UseCollation(Binary);
        table.HasIndex(row => new { row.Type, row.Parameter, row.Folded, row.Id }).HasDatabaseName("ix_resource_text_folded");
    }

    public static void Index(EntityTypeBuilder<SearchIndexRow> table)
    {
        table.ToTable("search_index");
        table.HasKey(row => row.Rules);
        table.Property(row => row.Rules).ValueGeneratedNever();
    }
}
