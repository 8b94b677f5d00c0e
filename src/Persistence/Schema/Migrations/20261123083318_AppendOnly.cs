using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EcgIntegration.Persistence.Schema.Migrations
{
    /// <inheritdoc />
    internal partial class AppendOnly : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(SchemaScript.AppendOnly);
        }

        /// <summary>There is no way back to a database that forgets.</summary>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new System.NotSupportedException("The append-only triggers are not taken back.");
        }
    }
}
