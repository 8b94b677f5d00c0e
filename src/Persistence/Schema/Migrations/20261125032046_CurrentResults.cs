using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class CurrentResults : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ux_study_business_key",
                table: "study");

            migrationBuilder.AddColumn<bool>(
                name: "is_current",
                table: "study",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "lineage",
                table: "study",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "priority",
                table: "study",
                type: "text",
                nullable: false,
                defaultValue: "routine");

            migrationBuilder.AddColumn<string[]>(
                name: "results",
                table: "study",
                type: "text[]",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "run",
                table: "study",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "superseded_at",
                table: "study",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "superseded_by",
                table: "study",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "withdrawn_at",
                table: "study",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ux_study_business_key",
                table: "study",
                columns: new[] { "observation_key", "input_sha256", "model_sha256", "run" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_study_current",
                table: "study",
                column: "observation_id",
                unique: true,
                filter: "is_current");

            migrationBuilder.CreateIndex(
                name: "ix_intake_event_observation",
                table: "intake_event",
                columns: new[] { "observation_id", "observation_version" },
                filter: "observation_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ux_study_business_key",
                table: "study");

            migrationBuilder.DropIndex(
                name: "ux_study_current",
                table: "study");

            migrationBuilder.DropIndex(
                name: "ix_intake_event_observation",
                table: "intake_event");

            migrationBuilder.DropColumn(
                name: "is_current",
                table: "study");

            migrationBuilder.DropColumn(
                name: "lineage",
                table: "study");

            migrationBuilder.DropColumn(
                name: "priority",
                table: "study");

            migrationBuilder.DropColumn(
                name: "results",
                table: "study");

            migrationBuilder.DropColumn(
                name: "run",
                table: "study");

            migrationBuilder.DropColumn(
                name: "superseded_at",
                table: "study");

            migrationBuilder.DropColumn(
                name: "superseded_by",
                table: "study");

            migrationBuilder.DropColumn(
                name: "withdrawn_at",
                table: "study");

            migrationBuilder.CreateIndex(
                name: "ux_study_business_key",
                table: "study",
                columns: new[] { "observation_key", "input_sha256", "model_sha256" },
                unique: true);
        }
    }
}
