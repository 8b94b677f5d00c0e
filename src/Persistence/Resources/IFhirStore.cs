namespace EcgIntegration.Persistence.Resources;

/// <summary>FHIR resources as they are stored: whole, with the waveform in its place.</summary>
public interface IFhirStore
{
    /// <summary>The current version, which can be a deletion, or <see langword="null"/>.</summary>
    /// <param name="type">Resource type, for example <c>Observation</c>.</param>
    /// <param name="id">Logical id.</param>
    /// <param name="withSamples">False leaves the waveform where it is: the content then comes without <c>valueSampledData.data</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<StoredResource?> ReadAsync(string type, string id, bool withSamples, CancellationToken cancellationToken);

    /// <summary>The current version, whole.</summary>
    Task<StoredResource?> ReadAsync(string type, string id, CancellationToken cancellationToken) =>
        ReadAsync(type, id, withSamples: true, cancellationToken);

    /// <summary>One version, current or superseded, which can be a deletion, or <see langword="null"/>.</summary>
    Task<StoredResource?> ReadVersionAsync(string type, string id, int version, bool withSamples, CancellationToken cancellationToken);

    /// <summary>One version, whole.</summary>
    Task<StoredResource?> ReadVersionAsync(string type, string id, int version, CancellationToken cancellationToken) =>
        ReadVersionAsync(type, id, version, withSamples: true, cancellationToken);
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
