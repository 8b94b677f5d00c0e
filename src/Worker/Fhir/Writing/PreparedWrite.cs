using EcgIntegration.Persistence.Resources;
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
    /// <exception cref="WriteRefusedException">It is an ECG that cannot be read, or PostgreSQL cannot hold it.</exception>
    public static PreparedWrite From(WriteOperation operation, ReadOnlyMemory<byte> json)
    {
        var ecg = EcgContent.Of(operation.Resource);
        if (ecg.IsForTriage && EcgContent.Examine(json, operation.Place) is { Count: > 0 } problems)
        {
            throw new WriteRefusedException(problems);
        }

        try
        {
            return new PreparedWrite(ClientResource.Prepare(operation.Type, operation.Id, json), ecg);
        }
        catch (UnstorableContentException e)
        {
            throw new WriteRefusedException(WriteProblems.Of(e.Reason, operation.Where));
        }
    }

    public void Dispose() => Resource.Dispose();
}
