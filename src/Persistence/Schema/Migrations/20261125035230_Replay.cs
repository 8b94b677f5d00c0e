using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class Replay : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "replay_job",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false, collation: "C"),
                    selection = table.Column<string>(type: "jsonb", nullable: false),
                    requested_model = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    model_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    dry_run = table.Column<bool>(type: "boolean", nullable: false),
                    why = table.Column<string>(type: "text", nullable: false),
                    requested_by = table.Column<string>(type: "text", nullable: false),
                    per_minute = table.Column<int>(type: "integer", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    submitted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    paced_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replay_job", x => x.id);
                    table.CheckConstraint("ck_replay_job_finished", "(state IN ('running', 'paused')) = (finished_at IS NULL)");
                    table.CheckConstraint("ck_replay_job_state", "state IN ('running', 'paused', 'cancelled', 'completed')");
                });

            migrationBuilder.CreateTable(
                name: "replay_item",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    source_event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    observation_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    state = table.Column<string>(type: "text", nullable: false),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    result = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "jsonb", nullable: true),
                    before_status = table.Column<string>(type: "text", nullable: true),
                    before_urgency = table.Column<string>(type: "text", nullable: true),
                    before_codes = table.Column<string[]>(type: "text[]", nullable: true),
                    after_status = table.Column<string>(type: "text", nullable: true),
                    after_urgency = table.Column<string>(type: "text", nullable: true),
                    after_codes = table.Column<string[]>(type: "text[]", nullable: true),
                    after_study_id = table.Column<Guid>(type: "uuid", nullable: true),
                    written = table.Column<bool>(type: "boolean", nullable: false),
                    done_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replay_item", x => new { x.job_id, x.ordinal });
                    table.CheckConstraint("ck_replay_item_lease", "(state = 'queued') = (leased_until IS NOT NULL)");
                    table.CheckConstraint("ck_replay_item_result", "(state = 'done') = (result IS NOT NULL)");
                    table.CheckConstraint("ck_replay_item_state", "state IN ('waiting', 'queued', 'done')");
                    table.ForeignKey(
                        name: "fk_replay_item_job",
                        column: x => x.job_id,
                        principalTable: "replay_job",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_study_reasons",
                table: "study",
                column: "reasons")
                .Annotation("Npgsql:IndexMethod", "gin")
                .Annotation("Npgsql:IndexOperators", new[] { "jsonb_path_ops" });

            migrationBuilder.CreateIndex(
                name: "ix_study_shown_model",
                table: "study",
                column: "model_sha256",
                filter: "is_current OR status = 'failed'");

            migrationBuilder.CreateIndex(
                name: "ix_study_shown_status",
                table: "study",
                columns: new[] { "status", "urgency" },
                filter: "is_current OR status = 'failed'");

            migrationBuilder.CreateIndex(
                name: "ix_study_suggestions",
                table: "study",
                column: "suggestions")
                .Annotation("Npgsql:IndexMethod", "gin")
                .Annotation("Npgsql:IndexOperators", new[] { "jsonb_path_ops" });

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_source",
                table: "intake_event",
                columns: new[] { "source_system", "received_at" });

            migrationBuilder.CreateIndex(
                name: "ix_replay_item_mended",
                table: "replay_item",
                column: "source_event_id",
                filter: "written AND observation_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_replay_item_open",
                table: "replay_item",
                columns: new[] { "job_id", "ordinal" },
                filter: "state <> 'done'");

            migrationBuilder.CreateIndex(
                name: "ix_replay_item_queued",
                table: "replay_item",
                column: "leased_until",
                filter: "state = 'queued'");

            migrationBuilder.CreateIndex(
                name: "ux_replay_item_event",
                table: "replay_item",
                column: "event_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_replay_job_newest",
                table: "replay_job",
                column: "submitted_at",
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "ix_replay_job_unpublished",
                table: "replay_job",
                column: "state",
                filter: "published_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ux_replay_job_key",
                table: "replay_job",
                column: "key",
                unique: true);

            migrationBuilder.Sql(SchemaScript.Replay);
        }

        /// <summary>There is no way back to a database that forgets.</summary>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new System.NotSupportedException("What was replayed and why is not forgotten.");
        }
    }
}
