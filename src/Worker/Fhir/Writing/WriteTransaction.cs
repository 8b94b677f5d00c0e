using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Writing;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.Intake;
using Hl7.Fhir.Model;
using Microsoft.Net.Http.Headers;
using Task = System.Threading.Tasks.Task;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>
/// Writes that belong together, in one transaction of the store: conditions first, then what is held already, deletions,
/// creations and updates. No two of them are about the same resource, so that among them the order is the store's.
/// </summary>
/// <param name="transaction">The transaction.</param>
/// <param name="operations">The writes.</param>
/// <param name="links">What references between them come to mean.</param>
/// <param name="ready">Those that are prepared; the others are once their references are known.</param>
/// <param name="actor">Who writes.</param>
internal sealed class WriteTransaction(
    IFhirTransaction transaction,
    IReadOnlyList<WriteOperation> operations,
    WriteLinks links,
    IReadOnlyDictionary<WriteOperation, PreparedWrite> ready,
    string actor)
{
    private readonly Dictionary<WriteOperation, HeldResource> _held = [];
    private readonly Dictionary<WriteOperation, WriteOutcome> _outcomes = [];
    private OwnReferences _own = new(new Dictionary<string, string>());

    /// <summary>Runs it.</summary>
    /// <returns>One outcome a write, in their order.</returns>
    /// <exception cref="WriteRefusedException">One of them is refused, and with it all.</exception>
    public async Task<IReadOnlyList<WriteOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        await transaction.SerialiseAsync(operations.Select(operation => operation.IfNoneExist?.Key).OfType<string>(), cancellationToken);
        var ordered = operations.OrderBy(operation => operation.Type, StringComparer.Ordinal).ThenBy(operation => operation.Id, StringComparer.Ordinal).ToList();
        await HoldAsync(ordered, cancellationToken);
        await DeleteAsync(ordered.FindAll(operation => operation.Kind == WriteKind.Delete), cancellationToken);
        var targets = await ResolveAsync(cancellationToken);
        _own = new(targets);
        foreach (var operation in ordered.Where(operation => !_outcomes.ContainsKey(operation)))
        {
            await StoreAsync(operation, targets, cancellationToken);
        }

        await CheckDeletedAsync(cancellationToken);
        return [.. operations.Select(operation => _outcomes[operation])];
    }

    private async Task HoldAsync(IEnumerable<WriteOperation> ordered, CancellationToken cancellationToken)
    {
        foreach (var operation in ordered.Where(operation => operation.Kind != WriteKind.Create))
        {
            if (await transaction.HoldAsync(operation.Type, operation.Id, cancellationToken) is { } held)
            {
                _held.Add(operation, held);
            }
        }
    }

    private async Task DeleteAsync(IReadOnlyList<WriteOperation> deletions, CancellationToken cancellationToken)
    {
        foreach (var operation in deletions)
        {
            var held = _held.GetValueOrDefault(operation);
            Require(operation, held?.IsMachineMade != true, WriteProblems.MachineMade);
            Require(operation, held?.IsEcg != true, WriteProblems.EcgNotDeletable);
            if (held is not { IsDeleted: false })
            {
                // What is not there is as it was asked to be (R4, 3.1.0.7).
                _outcomes.Add(operation, new(WriteResult.Deleted, operation.Type, operation.Id, null));
                continue;
            }

            Require(operation.IfMatch?.IsMetBy(held) != false, WriteProblems.VersionConflict, operation.WhereIfMatch);
            Done(operation, WriteResult.Deleted, await transaction.DeleteAsync(operation.Type, operation.Id, cancellationToken), held.Patient);
        }
    }

    /// <summary>Last, because what referred to it can be deleted or changed by the same transaction.</summary>
    private async Task CheckDeletedAsync(CancellationToken cancellationToken)
    {
        foreach (var operation in operations.Where(operation => _outcomes[operation] is { Result: WriteResult.Deleted, Version: not null }))
        {
            Require(operation, !await transaction.IsReferredToAsync(operation.Type, operation.Id, cancellationToken), WriteProblems.InUse);
        }
    }

    /// <summary>Finds what conditional creations and references mean.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ResolveAsync(CancellationToken cancellationToken)
    {
        foreach (var operation in operations.Where(operation => operation.IfNoneExist is not null))
        {
            var condition = operation.IfNoneExist!;
            var matches = await transaction.MatchAsync(condition.Query, cancellationToken);
            if (matches.Count > 1)
            {
                throw new WriteRefusedException(WriteProblems.ConditionAmbiguous.At(condition.Place));
            }

            if (matches.Count == 1)
            {
                var held = await transaction.HoldAsync(operation.Type, matches[0], cancellationToken);
                _outcomes.Add(operation, new(WriteResult.Matched, operation.Type, matches[0], held!.Version));
                transaction.Audit(new AuditRecord(actor, "read", $"{operation.Type}/{matches[0]}/_history/{held.Version}", held.Patient, 1));
            }
        }

        return await links.ResolveAsync(
            transaction, operation => _outcomes.TryGetValue(operation, out var outcome) ? outcome.Id : operation.Id, cancellationToken);
    }

    private async Task StoreAsync(WriteOperation operation, IReadOnlyDictionary<string, string> targets, CancellationToken cancellationToken)
    {
        if (ready.TryGetValue(operation, out var write))
        {
            await StoreAsync(operation, write, cancellationToken);
            return;
        }

        using var prepared = PreparedWrite.From(operation, WriteLinks.Rewrite(operation.Json, targets));
        await StoreAsync(operation, prepared, cancellationToken);
    }

    private async Task StoreAsync(WriteOperation operation, PreparedWrite write, CancellationToken cancellationToken)
    {
        var held = _held.GetValueOrDefault(operation);
        while (held is null)
        {
            RefuseClaims(operation);
            RefuseNewWithdrawal(operation, write);
            Require(operation.IfMatch is null, WriteProblems.VersionConflict, operation.WhereIfMatch);
            Require(operation, !OwnReferences.IsReserved(operation.Type, operation.Id), WriteProblems.IdReserved);
            if (await transaction.CreateAsync(write.Resource, asSystem: false, cancellationToken) is { } created)
            {
                await TriageAsync(operation, write, WriteResult.Created, created, held, cancellationToken);
                return;
            }

            // Somebody has taken the id meanwhile.
            held = await transaction.HoldAsync(operation.Type, operation.Id, cancellationToken);
        }

        Require(!operation.OnlyIfNew || held.IsDeleted, WriteProblems.AlreadyStored, HttpPlace.Of(HeaderNames.IfNoneMatch));
        RequireChangeable(operation, write, held);
        if (held.HasContentOf(write.Resource))
        {
            _outcomes.Add(operation, new(WriteResult.Unchanged, operation.Type, operation.Id, held.Version));
            transaction.Audit(new AuditRecord(actor, "update", $"{operation.Type}/{operation.Id}/_history/{held.Version}", held.Patient, 1));
            return;
        }

        await TriageAsync(
            operation,
            write,
            held.IsDeleted ? WriteResult.Created : WriteResult.Updated,
            await transaction.UpdateAsync(held, write.Resource, cancellationToken),
            held,
            cancellationToken);
    }

    /// <summary>An ECG that is none of any more has nothing to be triaged, and nothing to take back: its sender is told, not left to look for a result.</summary>
    private static void RefuseNewWithdrawal(WriteOperation operation, PreparedWrite write)
    {
        if (write.Ecg is { HasSamples: true, IsWithdrawal: true } && operation.Resource is Observation { StatusElement.JsonValue: string status })
        {
            var place = operation.Place.Of("Observation.status");
            throw new WriteRefusedException([WriteProblems.Of(EventReasons.StatusUnusable.At(place, status), place)]);
        }
    }

    private void RequireChangeable(WriteOperation operation, PreparedWrite write, HeldResource held)
    {
        if (held.IsMachineMade)
        {
            RequireTaskChange(operation, held);
        }
        else
        {
            RefuseClaims(operation);
        }

        Require(operation.IfMatch?.IsMetBy(held) != false, WriteProblems.VersionConflict, operation.WhereIfMatch);
        if (held.IsOfAnotherPatientThan(write.Resource))
        {
            throw Refused(operation, WriteProblems.PatientChanged);
        }

        Require(operation, !held.IsEcg || write.Ecg.HasSamples || write.Ecg.IsWithdrawal, WriteProblems.EcgSamplesRemoved);
    }

    private void RequireTaskChange(WriteOperation operation, HeldResource held)
    {
        Require(operation, operation.Type == "Task", WriteProblems.MachineMade);
        Require(operation.IfMatch is not null, WriteProblems.IfMatchRequired, operation.WhereIfMatch);
        Require(operation.IfMatch!.IsMetBy(held) && operation.Before?.Version == held.Version, WriteProblems.VersionConflict, operation.WhereIfMatch);
        if (TaskChange.FindForbidden(operation.Before!, operation.Json) is { } place)
        {
            throw new WriteRefusedException(WriteProblems.TaskChange.At(operation.Place.Of(place)));
        }

        // What the Task has of this system is so by right; what a client has put in is not.
        RefuseClaims(operation, claim => TaskChange.IsChangeable(claim.Expression));
    }

    private async Task TriageAsync(
        WriteOperation operation, PreparedWrite write, WriteResult result, WrittenVersion written, HeldResource? held, CancellationToken cancellationToken)
    {
        Done(operation, result, written, write.Resource.Patient ?? held?.Patient);
        if (write.Ecg.HasSamples || (write.Ecg.IsWithdrawal && held?.IsEcg == true))
        {
            var eventId = Guid.NewGuid();
            await transaction.RecordAsync(new WrittenEcg(eventId, write.Ecg.Priority, written.Id, written.Version), cancellationToken);
            _outcomes[operation] = _outcomes[operation] with { EventId = eventId };
        }
    }

    private void Done(WriteOperation operation, WriteResult result, WrittenVersion written, string? patient)
    {
        _outcomes.Add(operation, new(result, written.Type, written.Id, written.Version) { LastUpdated = written.LastUpdated });
        var action = result switch
        {
            WriteResult.Created => "create",
            WriteResult.Deleted => "delete",
            _ => "update",
        };
        transaction.Audit(new AuditRecord(actor, action, $"{written.Type}/{written.Id}/_history/{written.Version}", patient, 1));
    }

    private void RefuseClaims(WriteOperation operation) => RefuseClaims(operation, _ => true);

    private void RefuseClaims(WriteOperation operation, Func<FhirProblem, bool> counts)
    {
        if (MachineClaims.Examine(operation.Resource!, _own).Where(counts).Take(ResourceValidator.MostProblems).ToList() is { Count: > 0 } claims)
        {
            throw new WriteRefusedException([.. claims.Select(claim => claim.At(operation.Place.Of(claim.Expression)))]);
        }
    }

    private static void Require(bool condition, ProblemDefinition problem, string place)
    {
        if (!condition)
        {
            throw new WriteRefusedException(problem.At(place));
        }
    }

    private static void Require(WriteOperation operation, bool condition, ProblemDefinition problem)
    {
        if (!condition)
        {
            throw Refused(operation, problem);
        }
    }

    private static WriteRefusedException Refused(WriteOperation operation, ProblemDefinition problem) => new(problem.At(operation.Where));
}
