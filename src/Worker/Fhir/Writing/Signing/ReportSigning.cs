using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Writing;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Fhir.Writing.Signing;

/// <summary>Signs reports: composed on what is stored, written only if that has not changed.</summary>
internal sealed class ReportSigning(IFhirWriting writing, IFhirStore store, TimeProvider time)
{
    private const string Type = "DiagnosticReport";
    private const int MostRounds = 5;

    /// <summary>Signs a report.</summary>
    /// <param name="id">Its logical id.</param>
    /// <param name="version">The version that the physician has read.</param>
    /// <param name="parameters">Who signs, and with which conclusion.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The report, signed.</returns>
    /// <exception cref="WriteRefusedException">It is not to be signed, or is another version.</exception>
    public async Task<StoredResource> SignAsync(
        string id, VersionMatch? version, SignParameters parameters, string actor, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            var report = await FindAsync(id, version, cancellationToken);
            var task = await FindTaskAsync(report, cancellationToken);
            var signed = ReportSigner.Sign(new Signature(
                report, task, parameters.Physician, parameters.Conclusion, WriteEndpoints.NewId(time), time.GetUtcNow()));
            if (await TryWriteAsync(report, signed, actor, cancellationToken) is { } written)
            {
                return await store.ReadVersionAsync(Type, id, written.Version, cancellationToken)
                    ?? throw new InvalidDataException("A version that was written cannot be read.");
            }

            if (round == MostRounds)
            {
                throw new WriteRefusedException(WriteProblems.VersionConflict.At(Type));
            }
        }
    }

    private async Task<StoredResource> FindAsync(string id, VersionMatch? version, CancellationToken cancellationToken)
    {
        var report = ResourceId.IsValid(id) ? await store.ReadAsync(Type, id, cancellationToken) : null;
        if (report is not { Deleted: false })
        {
            throw new WriteRefusedException((report is null ? FhirProblems.NotFound : FhirProblems.Gone).At("DiagnosticReport.id"));
        }

        return (ReportSigner.StateOf(report), ReportSigner.StudyOf(report)) switch
        {
            (_, null) => throw new WriteRefusedException(SignProblems.NotOurs.At(Type)),
            (ReportState.Signed, _) => throw new WriteRefusedException(SignProblems.Signed.At("DiagnosticReport.status")),
            (ReportState.Withdrawn, _) => throw new WriteRefusedException(SignProblems.Withdrawn.At("DiagnosticReport.status")),
            _ when version is null => throw new WriteRefusedException(WriteProblems.IfMatchRequired.At("http.If-Match")),
            _ when !version.IsMetBy(report.Version) => throw new WriteRefusedException(WriteProblems.VersionConflict.At("http.If-Match")),
            _ => report,
        };
    }

    private async Task<StoredResource?> FindTaskAsync(StoredResource report, CancellationToken cancellationToken)
    {
        foreach (var reference in await writing.ResultsAsync(ReportSigner.StudyOf(report)!.Value, cancellationToken))
        {
            if (reference.Split('/') is ["Task", var id]
                && await store.ReadAsync("Task", id, cancellationToken) is { Deleted: false } task && ReportSigner.IsOpen(task))
            {
                return task;
            }
        }

        return null;
    }

    /// <returns><see langword="null"/> where something has changed meanwhile, and nothing is written.</returns>
    private async Task<WrittenVersion?> TryWriteAsync(
        StoredResource before, SignedResources signed, string actor, CancellationToken cancellationToken)
    {
        using var report = Prepare(signed.Report);
        using var task = signed.Task is { } open ? Prepare(open) : null;
        using var provenance = Prepare(signed.Provenance);
        return await writing.InTransactionAsync<WrittenVersion?>(
            async (transaction, token) =>
            {
                var held = await HoldAsync(transaction, signed.Report, token);
                var heldTask = signed.Task is null ? null : await HoldAsync(transaction, signed.Task, token);
                if (held is null || (task is not null && heldTask is null))
                {
                    return null;
                }

                var written = await transaction.UpdateAsync(held, report, token);
                if (await transaction.CreateAsync(provenance, asSystem: true, token) is null)
                {
                    throw new InvalidOperationException("An id that was just made is held.");
                }

                if (task is not null)
                {
                    await transaction.UpdateAsync(heldTask!, task, token);
                }

                transaction.Audit(new AuditRecord(actor, "sign", $"{Type}/{report.Id}/_history/{written.Version}", before.Patient, 1));
                return written;
            },
            cancellationToken);
    }

    private static async Task<HeldResource?> HoldAsync(IFhirTransaction transaction, NewResource resource, CancellationToken cancellationToken)
    {
        var held = await transaction.HoldAsync(resource.Type, resource.Id, cancellationToken);
        if (held is { IsMachineMade: false })
        {
            throw new WriteRefusedException(SignProblems.NotOurs.At(resource.Type));
        }

        return held is { IsDeleted: false } && held.Version == resource.Replaces ? held : null;
    }

    private static ClientResource Prepare(NewResource resource) => ClientResource.Prepare(resource.Type, resource.Id, resource.Json);
}
