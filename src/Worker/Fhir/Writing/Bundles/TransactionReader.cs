using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary>Reads the writes of a transaction, with the references between them.</summary>
internal static class TransactionReader
{
    /// <summary>Reads them.</summary>
    /// <param name="entries">The entries that write.</param>
    /// <param name="reader">Reads one.</param>
    /// <param name="conditions">Reads searches that stand as references.</param>
    /// <param name="server">This server's base URLs.</param>
    /// <exception cref="WriteRefusedException">Something is wrong with any of them.</exception>
    public static (IReadOnlyList<WriteOperation> Operations, WriteLinks Links) Read(
        IReadOnlyList<BundleEntry> entries, EntryReader reader, ConditionReader conditions, ServerBase server)
    {
        var scope = new ReferenceScope(TypesByUrl(entries), Searches: true);
        var problems = new List<FhirProblem>();
        var operations = new List<WriteOperation>(entries.Count);
        foreach (var entry in entries)
        {
            try
            {
                operations.Add(reader.Read(entry, scope));
            }
            catch (WriteRefusedException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        problems.AddRange(Repeated(operations).Select(operation => WriteProblems.BundleDuplicate.At(operation.Where)));
        return problems.Count == 0
            ? (operations, new WriteLinks(EntriesByUrl(operations), Searches(operations, conditions, server)))
            : throw new WriteRefusedException([.. problems.OrderBy(problem => problem.Status).Take(ResourceValidator.MostProblems)]);
    }

    private static Dictionary<string, string> TypesByUrl(IReadOnlyList<BundleEntry> entries)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => entry.FullUrl is not null && entry.Method != "DELETE"))
        {
            if (!types.TryAdd(entry.FullUrl!, entry.Url.Type))
            {
                throw new WriteRefusedException(WriteProblems.BundleDuplicate.At($"{entry.Place}.fullUrl"));
            }
        }

        return types;
    }

    private static IEnumerable<WriteOperation> Repeated(IEnumerable<WriteOperation> operations) =>
        operations.GroupBy(operation => (operation.Type, operation.Id)).SelectMany(same => same.Skip(1));

    /// <summary>
    /// A creation's fullUrl that is a place on a server stands for relative references too (R4, 2.36.4.1): the id in it is not the
    /// one that the resource gets.
    /// </summary>
    private static Dictionary<string, WriteOperation> EntriesByUrl(IEnumerable<WriteOperation> operations)
    {
        var entries = new Dictionary<string, WriteOperation>(StringComparer.Ordinal);
        foreach (var operation in operations.Where(operation => operation is { FullUrl: not null, Kind: not WriteKind.Delete }))
        {
            var url = operation.FullUrl!;
            entries[url] = operation;
            if (operation.Kind == WriteKind.Create && url.Split('/') is [.., var type, var id] && type == operation.Type)
            {
                entries.TryAdd($"{type}/{id}", operation);
            }
        }

        return entries;
    }

    private static Dictionary<string, WriteCondition> Searches(
        IEnumerable<WriteOperation> operations, ConditionReader conditions, ServerBase server)
    {
        var searches = new Dictionary<string, WriteCondition>(StringComparer.Ordinal);
        foreach (var operation in operations.Where(operation => operation.Resource is not null))
        {
            foreach (var (text, path) in ReferenceValidator.SearchesOf(operation.Resource!))
            {
                if (!searches.ContainsKey(text))
                {
                    var type = text[..text.IndexOf('?', StringComparison.Ordinal)];
                    var place = operation.Place.Of(path);
                    searches.Add(text, FhirTypes.Find(type, FhirTypes.Create) is null
                        ? throw new WriteRefusedException(WriteProblems.ReferenceUnresolved.At(place))
                        : conditions.Read(type, text, server, place));
                }
            }
        }

        return searches;
    }
}
