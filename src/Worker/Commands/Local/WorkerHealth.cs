using System.Text.Json;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>What a worker says of itself at <c>/health/ready</c>.</summary>
/// <param name="IsReady">It answers and can work.</param>
/// <param name="Missing">The checks that fail; empty where it does not answer at all.</param>
/// <param name="Degraded">Why it works otherwise than it was told to, in its own words.</param>
internal sealed record WorkerHealth(bool IsReady, IReadOnlyList<string> Missing, IReadOnlyList<string> Degraded)
{
    private const string Database = "database";
    private const string Broker = "masstransit-bus";
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Asks it.</summary>
    public static async Task<WorkerHealth> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = AnswerLimit };
        try
        {
            using var answer = await client.GetAsync("/health/ready", cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return answer.IsSuccessStatusCode ? new(true, [], ReadDegraded(body)) : new(false, Read(body), []);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new(false, [], []);
        }
    }

    /// <summary>Why it is not ready, as a part of a sentence.</summary>
    /// <param name="postgres">PostgreSQL's address.</param>
    /// <param name="rabbitMq">RabbitMQ's address.</param>
    public (string En, string Ja) Explain(string? postgres, string? rabbitMq)
    {
        if (Missing.Count == 0)
        {
            return ("it does not answer yet", "まだ応答がありません");
        }

        var parts = Missing.Select(check => check switch
        {
            Database => At("PostgreSQL", postgres),
            Broker => At("RabbitMQ", rabbitMq),
            _ => check,
        }).ToList();
        return ($"it waits for {string.Join(" and ", parts)}", $"{string.Join("、", parts)} を待っています");
    }

    private static string At(string name, string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{name} at {uri.Host}:{uri.Port}" : name;

    private static List<string> ReadDegraded(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return [.. document.RootElement.GetProperty("degraded").EnumerateArray().Select(sentence => sentence.GetString()!)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A worker of an earlier build says nothing of it.
            return [];
        }
    }

    private static List<string> Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return
            [
                .. document.RootElement.GetProperty("checks").EnumerateObject()
                    .Where(check => check.Value.GetString() != "ok")
                    .Select(check => check.Name),
            ];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Another program may have the port.
            return [];
        }
    }
}
