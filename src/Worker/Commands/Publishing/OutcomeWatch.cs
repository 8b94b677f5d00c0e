using System.Net;
using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>Asks the worker what became of events, until all have come to their end.</summary>
internal sealed class OutcomeWatch(HttpClient worker)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The worker may be down for a while, and come back; after this long without any news the waiting ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Yields each event's final answer as it comes.</summary>
    /// <param name="events">The events; those without a final answer in time are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<(PublishedEvent Event, EventAnswer Answer)> WatchAsync(
        IEnumerable<PublishedEvent> events,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = new LinkedList<PublishedEvent>(events);
        var news = TimeProvider.System.GetTimestamp();
        while (open.Count > 0 && TimeProvider.System.GetElapsedTime(news) < Patience)
        {
            for (var node = open.First; node is not null;)
            {
                var next = node.Next;
                if (await AskAsync(node.Value.EventId, cancellationToken) is { IsFinal: true } answer)
                {
                    news = TimeProvider.System.GetTimestamp();
                    open.Remove(node);
                    yield return (node.Value, answer);
                }

                node = next;
            }

            if (open.Count > 0)
            {
                await Task.Delay(Interval, cancellationToken);
            }
        }
    }

    private async Task<EventAnswer?> AskAsync(Guid eventId, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await worker.GetAsync($"/events/{eventId}", cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await response.Content.ReadFromJsonAsync<EventAnswer>(ContractJson.Compact, cancellationToken),
                HttpStatusCode.Unauthorized => throw new CommandException(
                    "The worker asks for another token than Security:Token says.", "ワーカーが求めるトークンが Security:Token と異なります。"),
                _ => null,
            };
        }
        catch (Exception e) when (e is HttpRequestException or JsonException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
