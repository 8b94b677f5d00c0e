using EcgIntegration.Persistence.Writing;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>The references between the entries of a transaction, and those by a search, until what they lead to is known.</summary>
/// <param name="Entries">Writes that others refer to, by the text of the reference.</param>
/// <param name="Searches">Searches that stand as references, by their text.</param>
internal sealed record WriteLinks(
    IReadOnlyDictionary<string, WriteOperation> Entries, IReadOnlyDictionary<string, WriteCondition> Searches)
{
    /// <summary>Of a write that comes alone.</summary>
    public static WriteLinks None { get; } = new(new Dictionary<string, WriteOperation>(), new Dictionary<string, WriteCondition>());

    /// <summary>Whether there is nothing to replace.</summary>
    public bool IsEmpty => Entries.Count == 0 && Searches.Count == 0;

    /// <summary>What stands in for each reference.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="idOf">The id that a write has come to have.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="WriteRefusedException">A search finds none, or more than one.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ResolveAsync(
        IFhirTransaction transaction, Func<WriteOperation, string> idOf, CancellationToken cancellationToken)
    {
        var targets = Entries.ToDictionary(entry => entry.Key, entry => $"{entry.Value.Type}/{idOf(entry.Value)}", StringComparer.Ordinal);
        foreach (var (text, condition) in Searches)
        {
            var matches = await transaction.MatchAsync(condition.Query, cancellationToken);
            targets[text] = matches.Count == 1
                ? $"{condition.Query.Type}/{matches[0]}"
                : throw new WriteRefusedException(
                    (matches.Count == 0 ? WriteProblems.ReferenceUnresolved : WriteProblems.ReferenceAmbiguous).At(condition.Place));
        }

        return targets;
    }

    /// <summary>A resource with its references replaced, all else byte for byte.</summary>
    public static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> json, IReadOnlyDictionary<string, string> targets) =>
        targets.Count == 0 ? json : new ReferenceRewriter(text => targets.GetValueOrDefault(text)).Rewrite(json);
}
