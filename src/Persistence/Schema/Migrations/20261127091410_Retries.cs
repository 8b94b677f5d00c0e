using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class Retries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_intake_event_unpublished",
                table: "intake_event");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "opened_at",
                table: "study",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked",
                table: "replay_job",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "due_at",
                table: "replay_item",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "notice_owed",
                table: "intake_event",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "publish_after",
                table: "intake_event",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "replay_refusal",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false, collation: "C"),
                    reasons = table.Column<string>(type: "jsonb", nullable: false),
                    refused_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replay_refusal", x => x.event_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_unpublished",
                table: "intake_event",
                column: "finished_at",
                filter: "(published_at IS NULL OR notice_owed) AND status <> 'received'");

            migrationBuilder.CreateIndex(
                name: "ix_replay_refusal_unpublished",
                table: "replay_refusal",
                column: "refused_at",
                filter: "published_at IS NULL");

            migrationBuilder.Sql(SchemaScript.ReplayAsked);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "replay_refusal");

            migrationBuilder.DropIndex(
                name: "ix_intake_event_unpublished",
                table: "intake_event");

            migrationBuilder.DropColumn(
                name: "opened_at",
                table: "study");

            migrationBuilder.DropColumn(
                name: "asked",
                table: "replay_job");

            migrationBuilder.DropColumn(
                name: "due_at",
                table: "replay_item");

            migrationBuilder.DropColumn(
                name: "notice_owed",
                table: "intake_event");

            migrationBuilder.DropColumn(
                name: "publish_after",
                table: "intake_event");

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_unpublished",
                table: "intake_event",
                column: "finished_at",
                filter: "published_at IS NULL AND status <> 'received'");
        }
    }
}
