using EcgIntegration.Persistence.Writing;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>A creation or update, ready for the database. Owns its buffers.</summary>
internal sealed class PreparedWrite : IDisposable
{
    private PreparedWrite(ClientResource resource, EcgContent ecg)
    {
        Resource = resource;
        Ecg = ecg;
    }

    public ClientResource Resource { get; }

    public EcgContent Ecg { get; }

    /// <summary>Prepares one.</summary>
    /// <param name="operation">The write.</param>
    /// <param name="json">Its resource as it is to be stored.</param>
    /// <exception cref="WriteRefusedException">It is an ECG that cannot be read.</exception>
    /// <exception cref="Persistence.Resources.UnstorableContentException">PostgreSQL cannot hold it.</exception>
    public static PreparedWrite From(WriteOperation operation, ReadOnlyMemory<byte> json)
    {
        var ecg = EcgContent.Of(operation.Resource);
        if (ecg.IsForTriage && EcgContent.Examine(json, operation.Place) is { Count: > 0 } problems)
        {
            throw new WriteRefusedException(problems);
        }

        return new PreparedWrite(ClientResource.Prepare(operation.Type, operation.Id, json), ecg);
    }

    public void Dispose() => Resource.Dispose();
}
