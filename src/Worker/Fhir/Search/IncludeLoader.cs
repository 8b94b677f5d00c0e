using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Reading;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Loads what a page's matches refer to and what refers to them, each resource once.</summary>
internal sealed class IncludeLoader(IFhirSearch search)
{
    public const int MaximumIncluded = 5000;
    private const int MaximumRounds = 5;

    /// <summary>Follows the inclusions of a search.</summary>
    public async Task<Included> LoadAsync(
        SearchRequest request, IReadOnlyList<StoredResource> matches, ServerBase server, CancellationToken cancellationToken)
    {
        var round = new Round(request.View, server);
        round.Add(matches);
        var inclusions = request.Inclusions;
        for (var number = 0; number < MaximumRounds && inclusions.Count > 0 && round.Newest.Count > 0 && !round.IsCut; number++)
        {
            var from = round.Begin();
            await IncludeAsync(round, from, inclusions, cancellationToken);
            await ReverseIncludeAsync(round, from, inclusions, cancellationToken);
            inclusions = [.. inclusions.Where(inclusion => inclusion.Iterates)];
        }

        return new Included([.. round.All.Skip(matches.Count)], round.IsCut);
    }

    private async Task IncludeAsync(
        Round round, List<StoredResource> from, IReadOnlyList<Inclusion> inclusions, CancellationToken cancellationToken)
    {
        var wanted = inclusions.Where(inclusion => !inclusion.IsReverse)
            .SelectMany(inclusion => from.Where(resource => inclusion.StartsFrom(resource.Type))
                .SelectMany(resource => JsonReferences.Find(resource.Json.Span, inclusion.Parameter))
                .Select(reference => round.Relative(reference))
                .OfType<RelativeReference>()
                .Where(reference => inclusion.Brings.Contains(reference.Type)));
        foreach (var group in round.Take(wanted).GroupBy(reference => round.View.NeedsSamples(reference.Type)))
        {
            round.Add(await search.ReadAsync([.. group.Select(reference => reference.Key)], group.Key, cancellationToken));
        }
    }

    private async Task ReverseIncludeAsync(
        Round round, List<StoredResource> from, IReadOnlyList<Inclusion> inclusions, CancellationToken cancellationToken)
    {
        foreach (var inclusion in inclusions.Where(inclusion => inclusion.IsReverse))
        {
            string[] targets = [.. from.Where(resource => inclusion.StartsFrom(resource.Type)).Select(Round.KeyOf)];
            if (targets.Length > 0)
            {
                // One more than there is room for says that some are left out; those known already take no room.
                var limit = round.Room + round.All.Count + 1;
                round.Add(await search.ReferringAsync(
                    inclusion.Source, inclusion.Parameter, targets, limit, round.View.NeedsSamples(inclusion.Source), cancellationToken));
            }
        }
    }

    /// <summary>What was found so far. Owned by one load.</summary>
    private sealed class Round(ResourceView view, ServerBase server)
    {
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);
        private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
        private int _matches = -1;
        private int _begin;

        public ResourceView View => view;

        public List<StoredResource> All { get; } = [];

        public bool IsCut { get; private set; }

        /// <summary>What the round before has brought.</summary>
        public List<StoredResource> Newest => All.GetRange(_begin, All.Count - _begin);

        /// <summary>How many more may be included.</summary>
        public int Room => MaximumIncluded - (All.Count - Math.Max(_matches, 0));

        public static string KeyOf(StoredResource resource) => $"{resource.Type}/{resource.Id}";

        /// <summary>Starts a round from what the one before has brought.</summary>
        public List<StoredResource> Begin()
        {
            var newest = Newest;
            _begin = All.Count;
            return newest;
        }

        /// <summary>Adds what is not known yet; the first call adds the matches.</summary>
        public void Add(IReadOnlyList<StoredResource> resources)
        {
            foreach (var resource in resources)
            {
                if (_matches >= 0 && Room == 0 && !_known.Contains(KeyOf(resource)))
                {
                    IsCut = true;
                    return;
                }

                if (_known.Add(KeyOf(resource)))
                {
                    All.Add(resource);
                }
            }

            _matches = _matches < 0 ? All.Count : _matches;
        }

        /// <summary>Those of some references that are not known, were not asked for before, and for which there is room.</summary>
        public List<RelativeReference> Take(IEnumerable<RelativeReference> references)
        {
            var taken = references.Where(reference => !_known.Contains(reference.Key) && _asked.Add(reference.Key)).ToList();
            IsCut |= taken.Count > Room;
            return taken.GetRange(0, Math.Min(taken.Count, Room));
        }

        /// <summary>A reference into what this server offers; else <see langword="null"/>.</summary>
        public RelativeReference? Relative(string reference) =>
            RelativeReference.Parse(server.Relative(reference)) is { } relative && FhirTypes.Find(relative.Type) is not null
                ? relative
                : null;
    }
}

/// <summary>What is included beside the matches.</summary>
/// <param name="Resources">The resources, none of them a match.</param>
/// <param name="IsCut">Whether there would have been more.</param>
internal sealed record Included(IReadOnlyList<StoredResource> Resources, bool IsCut)
{
    public static Included None { get; } = new([], false);
}
