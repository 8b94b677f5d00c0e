using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Writing;

/// <summary>A resource of a client, made ready to be written. Owns its buffers.</summary>
public sealed class ClientResource : IDisposable
{
    private ClientResource(string id, PreparedResource prepared)
    {
        Id = id;
        Prepared = prepared;
    }

    /// <summary>Resource type.</summary>
    public string Type => Prepared.Type;

    /// <summary>The id it is to be stored under.</summary>
    public string Id { get; }

    /// <summary>The patient it names, as <see cref="PatientReference.Normalise"/> gives it.</summary>
    public string? Patient => Type == "Patient" ? $"Patient/{Id}" : Prepared.Fields.Patient;

    internal PreparedResource Prepared { get; }

    /// <summary>Prepares a resource, without any statement.</summary>
    /// <param name="type">The type it must be of.</param>
    /// <param name="id">The id it is to be stored under.</param>
    /// <param name="json">The resource as it was sent, UTF-8; <c>id</c> and version in it give way to the store's own.</param>
    /// <exception cref="UnstorableContentException">It cannot be stored.</exception>
    public static ClientResource Prepare(string type, string id, ReadOnlyMemory<byte> json) => new(id, PreparedResource.From(type, json));

    /// <inheritdoc/>
    public void Dispose() => Prepared.Dispose();
}
