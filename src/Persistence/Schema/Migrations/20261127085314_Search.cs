using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_resource_derived_from",
                table: "resource");

            migrationBuilder.DropColumn(
                name: "codes",
                table: "resource");

            migrationBuilder.DropColumn(
                name: "derived_from",
                table: "resource");

            migrationBuilder.DropColumn(
                name: "device",
                table: "resource");

            migrationBuilder.AddColumn<bool>(
                name: "deleted",
                table: "resource_history",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AlterColumn<string>(
                name: "patient_identifier",
                table: "resource",
                type: "text",
                nullable: true,
                collation: "C",
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

            migrationBuilder.AlterColumn<DateTimeOffset>(
                name: "date",
                table: "resource",
                type: "timestamp with time zone",
                nullable: true,
                oldClrType: typeof(DateTimeOffset),
                oldType: "timestamp with time zone");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "date_end",
                table: "resource",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "deleted",
                table: "resource",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<short>(
                name: "indexed",
                table: "resource",
                type: "smallint",
                nullable: false,
                defaultValue: (short)0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "stamped",
                table: "resource",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "stamped_end",
                table: "resource",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string[]>(
                name: "tokens",
                table: "resource",
                type: "text[]",
                nullable: false,
                defaultValueSql: "'{}'",
                collation: "C");

            migrationBuilder.CreateTable(
                name: "resource_text",
                columns: table => new
                {
                    type = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    parameter = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    folded = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    verbatim = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resource_text", x => new { x.type, x.id, x.parameter, x.ordinal });
                });

            migrationBuilder.CreateTable(
                name: "search_index",
                columns: table => new
                {
                    rules = table.Column<short>(type: "smallint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_search_index", x => x.rules);
                });

            migrationBuilder.CreateIndex(
                name: "ix_resource_history_last_updated",
                table: "resource_history",
                columns: new[] { "type", "last_updated", "id", "version" });

            migrationBuilder.CreateIndex(
                name: "ix_resource_date",
                table: "resource",
                columns: new[] { "type", "date", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_resource_last_updated",
                table: "resource",
                columns: new[] { "type", "last_updated", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_resource_stamped",
                table: "resource",
                columns: new[] { "type", "stamped", "id" },
                filter: "stamped IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_resource_text_folded",
                table: "resource_text",
                columns: new[] { "type", "parameter", "folded", "id" });

            migrationBuilder.Sql(SchemaScript.Search);
        }

        /// <summary>There is no way back: resources that were deleted would be there again.</summary>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new NotSupportedException("Deletions are not taken back.");
        }
    }
}
