using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Writing;
using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>
/// Writes what clients ask for: all of it or nothing. ECGs among it are recorded in the ledger by the same transaction, and
/// taken up from there at once; the broker has no part in it (docs/adr/0012).
/// </summary>
internal sealed class ResourceWrites(IFhirWriting writing, IFhirStore store, IEnumerable<IResourceRule> rules, LedgerSignal signal)
{
    /// <summary>Writes what belongs together.</summary>
    /// <param name="operations">The writes; no two about the same resource.</param>
    /// <param name="links">The references between them.</param>
    /// <param name="actor">Who writes, for the audit.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>One outcome a write, in their order.</returns>
    /// <exception cref="WriteRefusedException">It is refused, and nothing is written.</exception>
    public async Task<IReadOnlyList<WriteOutcome>> RunAsync(
        IReadOnlyList<WriteOperation> operations, WriteLinks links, string actor, CancellationToken cancellationToken)
    {
        Check(operations);
        operations = await WithTasksBeforeAsync(operations, cancellationToken);
        var ready = new Dictionary<WriteOperation, PreparedWrite>();
        try
        {
            // What depends on nothing that only the database knows is prepared before anything is held there.
            foreach (var operation in operations.Where(operation => links.IsEmpty && operation.Kind != WriteKind.Delete))
            {
                ready.Add(operation, PreparedWrite.From(operation, operation.Json));
            }

            var outcomes = await writing.InTransactionAsync(
                (transaction, token) => new WriteTransaction(transaction, operations, links, ready, actor).RunAsync(token), cancellationToken);
            if (outcomes.Any(outcome => outcome.EventId is not null))
            {
                signal.Raise();
            }

            return outcomes;
        }
        finally
        {
            foreach (var write in ready.Values)
            {
                write.Dispose();
            }
        }
    }

    /// <summary>A version of what was written, or was there already.</summary>
    public async Task<StoredResource> ReadAsync(WriteOutcome outcome, CancellationToken cancellationToken) =>
        await store.ReadVersionAsync(outcome.Type, outcome.Id, outcome.Version!.Value, cancellationToken)
            ?? throw new InvalidDataException("A version that was written cannot be read.");

    private void Check(IReadOnlyList<WriteOperation> operations)
    {
        var problems = operations.Where(operation => operation.Kind != WriteKind.Delete)
            .SelectMany(operation => rules.Where(rule => rule.Type == operation.Type)
                .SelectMany(rule => rule.Check(operation.Json))
                .Select(reason => WriteProblems.Of(reason, operation.Place.Of(reason.Where ?? operation.Type))))
            .ToList();
        if (problems.Count > 0)
        {
            throw new WriteRefusedException(problems);
        }
    }

    private async Task<IReadOnlyList<WriteOperation>> WithTasksBeforeAsync(
        IReadOnlyList<WriteOperation> operations, CancellationToken cancellationToken)
    {
        var result = new List<WriteOperation>(operations.Count);
        foreach (var operation in operations)
        {
            result.Add(operation is { Kind: WriteKind.Update, Type: "Task" }
                ? operation with { Before = await store.ReadAsync(operation.Type, operation.Id, cancellationToken) }
                : operation);
        }

        return result;
    }
}
