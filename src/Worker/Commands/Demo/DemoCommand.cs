using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Commands.Publishing;

namespace EcgIntegration.Worker.Commands.Demo;

/// <summary><c>ecg demo</c>: all of it on the real ECGs in <c>samples/</c>.</summary>
internal static class DemoCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var once = new Option<bool>("--once")
        {
            Description = say("End by itself after the table.", "結果表を表示したら終了します。"),
        };
        var noDocker = UpCommand.NoDockerOption(say);
        var command = new Command("demo", say(
            "Bring everything up, publish the ECGs in samples/ and show what becomes of them.",
            "すべてを起動し、samples/ の心電図を送信して結果を表示します。"))
        {
            once, noDocker,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Terminal.Of(parsed), parsed.GetValue(once), !parsed.GetValue(noDocker), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, bool once, bool allowDocker, CancellationToken cancellationToken)
    {
        var samples = Path.Combine(Places.Home, "samples");
        var stack = new LocalStack(terminal, allowDocker);
        var before = (await stack.StatusAsync(cancellationToken)).Where(part => part.State != "stopped").Select(part => part.Name).ToHashSet();
        try
        {
            var endpoints = (await stack.UpAsync(cancellationToken)).Endpoints;
            var (published, final) = await RunSamplesAsync(terminal, endpoints, samples, cancellationToken);
            if (!once)
            {
                terminal.Progress("Serving; Ctrl-C ends it.", "動作中です。Ctrl-C で終了します。");
                await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return published > 0 && final == published ? 0 : 1;
        }
        finally
        {
            // The interruption that ended the demo must not cut its tidying short.
            await stack.DownAsync(CancellationToken.None, before);
        }
    }

    private static async Task<(int Published, int Final)> RunSamplesAsync(
        Terminal terminal, Endpoints endpoints, string samples, CancellationToken cancellationToken)
    {
        var published = new List<PublishedEvent>();
        await using (var publisher = await EventPublisher.ConnectAsync(endpoints.Amqp, TimeProvider.System, cancellationToken))
        {
            foreach (var ecg in OutgoingEcgs.Read(terminal, [samples], patient: null))
            {
                var sent = await publisher.PublishAsync(ecg, Guid.NewGuid(), priority: null, cancellationToken);
                published.Add(sent with { Ecg = ecg with { Json = default } });
            }
        }

        terminal.Progress($"Published {published.Count} ECGs.", $"{published.Count} 件の心電図を送信しました。");
        using var worker = endpoints.CreateClient();
        var outcomes = new OutcomeWatch(worker).WatchAsync(published, cancellationToken);
        var results = terminal.Json
            ? await WriteJsonAsync(terminal, outcomes, cancellationToken)
            : await new DemoTable(terminal, published.Count).ShowAsync(outcomes, cancellationToken);
        if (!terminal.Json)
        {
            WriteAddresses(terminal, endpoints, results);
        }

        if (results.Count < published.Count)
        {
            UnansweredEcgs.Explain(terminal, published.ExceptBy(results.Select(result => result.Event.EventId), sent => sent.EventId));
        }

        return (published.Count, results.Count);
    }

    private static async Task<List<(PublishedEvent Event, EventAnswer Answer)>> WriteJsonAsync(
        Terminal terminal, IAsyncEnumerable<(PublishedEvent Event, EventAnswer Answer)> outcomes, CancellationToken cancellationToken)
    {
        var results = new List<(PublishedEvent, EventAnswer)>();
        await foreach (var (sent, answer) in outcomes.WithCancellation(cancellationToken))
        {
            results.Add((sent, answer));
            terminal.Output.WriteLine(JsonSerializer.Serialize(OutcomeLine.Of(sent, answer), ContractJson.Compact));
        }

        return results;
    }

    private static void WriteAddresses(Terminal terminal, Endpoints endpoints, List<(PublishedEvent Event, EventAnswer Answer)> results)
    {
        var example = results.OrderByDescending(result => result.Answer.Urgency).FirstOrDefault();
        var patient = example.Event?.Ecg.Head.Subject;
        (string Name, string? Path)[] addresses =
        [
            (terminal.Say("Page", "画面"), ""),
            (terminal.Say("Report", "報告書"), example.Answer?.Report is { } report ? $"fhir/{report}" : null),
            (terminal.Say("Reports of a patient", "患者の報告書"), patient is null ? null : $"fhir/DiagnosticReport?patient={Uri.EscapeDataString(patient)}"),
            (terminal.Say("Event", "イベント"), example.Event is null ? null : $"events/{example.Event.EventId}"),
            (terminal.Say("Health", "稼働状態"), "health/ready"),
            (terminal.Say("Metrics", "計測値"), "metrics"),
        ];
        foreach (var (name, path) in addresses.Where(address => address.Path is not null))
        {
            terminal.Output.WriteLine($"{name}: {new Uri(endpoints.Http, path)}");
        }

        UpCommand.ExplainToken(terminal, endpoints);
    }
}
