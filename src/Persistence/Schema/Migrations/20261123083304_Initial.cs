using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    resource = table.Column<string>(type: "text", nullable: false),
                    patient = table.Column<string>(type: "text", nullable: true),
                    results = table.Column<int>(type: "integer", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "resource",
                columns: table => new
                {
                    type = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    last_updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    source_system = table.Column<string>(type: "text", nullable: false),
                    content = table.Column<string>(type: "jsonb", nullable: false),
                    content_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    patient = table.Column<string>(type: "text", nullable: true),
                    patient_identifier = table.Column<string>(type: "text", nullable: true),
                    codes = table.Column<string[]>(type: "text[]", nullable: false),
                    date = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "text", nullable: true),
                    derived_from = table.Column<string[]>(type: "text[]", nullable: false),
                    device = table.Column<string>(type: "text", nullable: true),
                    priority = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resource", x => new { x.type, x.id });
                });

            migrationBuilder.CreateTable(
                name: "resource_history",
                columns: table => new
                {
                    type = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    last_updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    content = table.Column<string>(type: "jsonb", nullable: false),
                    content_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    patient = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resource_history", x => new { x.type, x.id, x.version });
                });

            migrationBuilder.CreateTable(
                name: "study",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    observation_key = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    input_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    model_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    observation_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    observation_version = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    urgency = table.Column<string>(type: "text", nullable: true),
                    reasons = table.Column<string>(type: "jsonb", nullable: true),
                    suggestions = table.Column<string>(type: "jsonb", nullable: true),
                    report_id = table.Column<string>(type: "text", nullable: true),
                    execution = table.Column<string>(type: "jsonb", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_study", x => x.id);
                    table.CheckConstraint("ck_study_final", "(status = 'received') = (finished_at IS NULL)");
                    table.CheckConstraint("ck_study_status", "status IN ('received', 'classified', 'uncertain', 'unanalysable', 'rejected', 'failed')");
                });

            migrationBuilder.CreateTable(
                name: "waveform",
                columns: table => new
                {
                    type = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    encoding = table.Column<short>(type: "smallint", nullable: false),
                    samples = table.Column<byte[]>(type: "bytea", nullable: false),
                    raw_length = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_waveform", x => new { x.type, x.id, x.version });
                });

            migrationBuilder.CreateTable(
                name: "intake_event",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    study_id = table.Column<Guid>(type: "uuid", nullable: true),
                    source_system = table.Column<string>(type: "text", nullable: false),
                    priority = table.Column<string>(type: "text", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    reasons = table.Column<string>(type: "jsonb", nullable: true),
                    observation_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    observation_version = table.Column<int>(type: "integer", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_intake_event", x => x.event_id);
                    table.CheckConstraint("ck_intake_event_final", "(status = 'received') = (finished_at IS NULL) AND (status = 'received') = (next_attempt_at IS NOT NULL)");
                    table.CheckConstraint("ck_intake_event_status", "status IN ('received', 'classified', 'uncertain', 'unanalysable', 'rejected', 'failed')");
                    table.ForeignKey(
                        name: "fk_intake_event_study",
                        column: x => x.study_id,
                        principalTable: "study",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "rejected_input",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    length = table.Column<int>(type: "integer", nullable: false),
                    body = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rejected_input", x => x.event_id);
                    table.ForeignKey(
                        name: "fk_rejected_input_intake_event",
                        column: x => x.event_id,
                        principalTable: "intake_event",
                        principalColumn: "event_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_patient",
                table: "audit",
                columns: new[] { "patient", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_due",
                table: "intake_event",
                column: "next_attempt_at",
                filter: "status = 'received'");

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_newest",
                table: "intake_event",
                columns: new[] { "received_at", "event_id" },
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_study",
                table: "intake_event",
                column: "study_id");

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_unpublished",
                table: "intake_event",
                column: "finished_at",
                filter: "published_at IS NULL AND status <> 'received'");

            migrationBuilder.CreateIndex(
                name: "ix_resource_derived_from",
                table: "resource",
                column: "derived_from")
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.CreateIndex(
                name: "ix_resource_patient",
                table: "resource",
                columns: new[] { "patient", "type", "date", "id" },
                descending: new[] { false, false, true, true },
                filter: "patient IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_resource_patient_identifier",
                table: "resource",
                columns: new[] { "patient_identifier", "type", "date", "id" },
                descending: new[] { false, false, true, true },
                filter: "patient_identifier IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_study_observation",
                table: "study",
                columns: new[] { "observation_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ux_study_business_key",
                table: "study",
                columns: new[] { "observation_key", "input_sha256", "model_sha256" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "rejected_input");

            migrationBuilder.DropTable(
                name: "resource");

            migrationBuilder.DropTable(
                name: "resource_history");

            migrationBuilder.DropTable(
                name: "waveform");

            migrationBuilder.DropTable(
                name: "intake_event");

            migrationBuilder.DropTable(
                name: "study");
        }
    }
}
