using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class AuditPatients : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string[]>(
                name: "other_patients",
                table: "audit",
                type: "text[]",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_at",
                table: "audit",
                columns: new[] { "at", "sequence" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_other_patients",
                table: "audit",
                column: "other_patients",
                filter: "other_patients IS NOT NULL")
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.Sql(SchemaScript.AuditPatients);
        }

        /// <summary>There is no way back: records of several patients have their hash over all of them.</summary>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new NotSupportedException("Audit records are append-only.");
        }
    }
}
