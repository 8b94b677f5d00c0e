using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class SharedSamples : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "samples",
                columns: table => new
                {
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    encoding = table.Column<short>(type: "smallint", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false),
                    raw_length = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_samples", x => x.sha256);
                });

            migrationBuilder.AddColumn<byte[]>(name: "samples_sha256", table: "waveform", type: "bytea", nullable: true);
            migrationBuilder.Sql(SchemaScript.Samples);
            migrationBuilder.AlterColumn<byte[]>(name: "samples_sha256", table: "waveform", type: "bytea", nullable: false);
            migrationBuilder.DropColumn(name: "encoding", table: "waveform");
            migrationBuilder.DropColumn(name: "raw_length", table: "waveform");
            migrationBuilder.DropColumn(name: "samples", table: "waveform");
        }

        /// <summary>There is no way back: what is stored once would have to be stored again for each version.</summary>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new NotSupportedException("Samples stay where they are stored once.");
        }
    }
}
