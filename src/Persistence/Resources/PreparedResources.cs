using System.Collections;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Persistence.Resources;

/// <summary>Several resources made ready to be written together; owns them.</summary>
internal sealed class PreparedResources : IReadOnlyList<PreparedResource>, IDisposable
{
    private readonly List<PreparedResource> _resources = [];

    public int Count => _resources.Count;

    public PreparedResource this[int index] => _resources[index];

    /// <summary>Prepares resources, in their order.</summary>
    /// <exception cref="UnstorableContentException">One of them cannot be stored.</exception>
    public static PreparedResources From(IReadOnlyList<NewResource> resources)
    {
        var prepared = new PreparedResources();
        try
        {
            prepared._resources.AddRange(resources.Select(resource => PreparedResource.From(resource.Type, resource.Json)));
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    public void Dispose() => _resources.ForEach(resource => resource.Dispose());

    public IEnumerator<PreparedResource> GetEnumerator() => _resources.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
