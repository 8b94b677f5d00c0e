using System.Globalization;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Worker.Fhir.Auditing;

/// <summary>The audit records as resources, for reading only.</summary>
internal sealed class AuditEvents(IAuditTrail trail)
{
    /// <summary>Their resource type.</summary>
    public const string Type = "AuditEvent";

    /// <summary>As <see cref="IFhirSearch.SearchAsync"/>.</summary>
    public async Task<SearchPage> SearchAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        var page = await trail.SearchAsync(query, cancellationToken);
        return new SearchPage([.. page.Entries.Select(AuditEventResource.Of)], page.Next);
    }

    /// <summary>As <see cref="IFhirSearch.CountAsync"/>.</summary>
    public Task<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken) => trail.CountAsync(query, cancellationToken);

    /// <summary>One record by its id, or <see langword="null"/>.</summary>
    public async Task<StoredResource?> ReadAsync(string id, CancellationToken cancellationToken) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
        && await trail.ReadAsync(sequence, cancellationToken) is { } entry
            ? AuditEventResource.Of(entry)
            : null;
}
