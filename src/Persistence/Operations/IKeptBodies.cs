namespace EcgIntegration.Persistence.Operations;

/// <summary>The bodies of events that were rejected, or that a fault kept from being read. They can hold a patient's name: record in the audit who gets one to see.</summary>
public interface IKeptBodies
{
    /// <summary>What is kept of a rejected event, or <see langword="null"/> where there is no such event or nothing of it was kept.</summary>
    /// <exception cref="InvalidDataException">What is kept is damaged.</exception>
    Task<KeptBody?> FindAsync(Guid eventId, CancellationToken cancellationToken);
}

/// <summary>What is kept of a rejected event.</summary>
/// <param name="Sha256">Hash of the whole body, lower-case hexadecimal.</param>
/// <param name="Length">Length of the whole body, in bytes.</param>
/// <param name="Body">The whole body as it came; <see langword="null"/> where it is longer than <see cref="Hosting.DatabaseOptions.RejectedBodyLimit"/>.</param>
public sealed record KeptBody(string Sha256, int Length, ReadOnlyMemory<byte>? Body);
