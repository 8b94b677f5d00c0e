using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace EcgIntegration.Persistence.Schema;

/// <summary>Lets <c>dotnet ef migrations add</c> build the model; it never connects.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the EF Core tools.")]
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<EcgDbContext>
{
    /// <inheritdoc/>
    public EcgDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<EcgDbContext>().UseNpgsql().Options);
}
