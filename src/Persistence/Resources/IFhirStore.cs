namespace EcgIntegration.Persistence.Resources;

/// <summary>FHIR resources as they are stored: whole, with the waveform in its place.</summary>
public interface IFhirStore
{
    /// <summary>The current version, which can be a deletion, or <see langword="null"/>.</summary>
    /// <param name="type">Resource type, for example <c>Observation</c>.</param>
    /// <param name="id">Logical id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<StoredResource?> ReadAsync(string type, string id, CancellationToken cancellationToken);

    /// <summary>One version, current or superseded, which can be a deletion, or <see langword="null"/>.</summary>
    Task<StoredResource?> ReadVersionAsync(string type, string id, int version, CancellationToken cancellationToken);

    /// <summary>A patient's resources of one type, the clinically newest first.</summary>
    Task<ResourcePage> SearchAsync(ResourceSearch search, CancellationToken cancellationToken);
}

/// <summary>One version of a FHIR resource.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version, from 1.</param>
/// <param name="LastUpdated">When this version was stored.</param>
/// <param name="Patient">The patient reference it was stored under, normalised; <see langword="null"/> where it names none.</param>
/// <param name="Json">The whole resource, UTF-8, with <c>meta.versionId</c> and <c>meta.lastUpdated</c>.</param>
public sealed record StoredResource(
    string Type,
    string Id,
    int Version,
    DateTimeOffset LastUpdated,
    string? Patient,
    ReadOnlyMemory<byte> Json)
{
    /// <summary>This version says that the resource was deleted: its JSON has nothing but type, id and meta.</summary>
    public bool Deleted { get; init; }
}

/// <summary>A search by patient.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Patient">A reference as <see cref="PatientReference.Normalise"/> gives it, or an identifier as <c>system|value</c>.</param>
/// <param name="By">What <paramref name="Patient"/> is.</param>
/// <param name="Limit">Most resources on a page.</param>
/// <param name="After">Where the page starts, or <see langword="null"/> for the first.</param>
public sealed record ResourceSearch(string Type, string Patient, PatientKey By, int Limit, ResourceCursor? After);

/// <summary>How a search names the patient.</summary>
public enum PatientKey
{
    /// <summary>By reference.</summary>
    Reference,

    /// <summary>By identifier.</summary>
    Identifier,
}

/// <summary>A place in a search's order: unaffected by resources stored meanwhile.</summary>
/// <param name="Date">Clinical date of the last resource seen.</param>
/// <param name="Id">Its logical id.</param>
public sealed record ResourceCursor(DateTimeOffset Date, string Id);

/// <summary>A page of a search.</summary>
/// <param name="Resources">The resources, newest first.</param>
/// <param name="Next">Where the next page starts; <see langword="null"/> on the last.</param>
public sealed record ResourcePage(IReadOnlyList<StoredResource> Resources, ResourceCursor? Next);
