using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class ModelRoles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "model_role",
                columns: table => new
                {
                    role = table.Column<string>(type: "text", nullable: false),
                    model_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    model_name = table.Column<string>(type: "text", nullable: true),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_role", x => x.role);
                    table.CheckConstraint("ck_model_role", "role IN ('active', 'shadow')");
                });

            migrationBuilder.CreateTable(
                name: "model_role_history",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    role = table.Column<string>(type: "text", nullable: false),
                    from_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    to_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    to_name = table.Column<string>(type: "text", nullable: true),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: false),
                    why = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_role_history", x => x.id);
                    table.CheckConstraint("ck_model_role_history_role", "role IN ('active', 'shadow')");
                    table.CheckConstraint("ck_model_role_history_why", "why <> ''");
                });

            migrationBuilder.CreateTable(
                name: "shadow_result",
                columns: table => new
                {
                    study_id = table.Column<Guid>(type: "uuid", nullable: false),
                    model_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    status = table.Column<string>(type: "text", nullable: false),
                    urgency = table.Column<string>(type: "text", nullable: true),
                    reasons = table.Column<string>(type: "jsonb", nullable: false),
                    suggestions = table.Column<string>(type: "jsonb", nullable: false),
                    execution = table.Column<string>(type: "jsonb", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shadow_result", x => new { x.model_sha256, x.study_id });
                    table.CheckConstraint("ck_shadow_result_status", "status IN ('classified', 'uncertain', 'unanalysable', 'failed')");
                    table.ForeignKey(
                        name: "fk_shadow_result_study",
                        column: x => x.study_id,
                        principalTable: "study",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_study_finished",
                table: "study",
                column: "finished_at",
                filter: "finished_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_shadow_result_study",
                table: "shadow_result",
                column: "study_id");

            migrationBuilder.Sql(SchemaScript.Models);
        }

        /// <summary>There is no way back to a database that forgets.</summary>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new System.NotSupportedException("Who changed which role and why is not forgotten.");
        }
    }
}
