using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Commands.Local;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary><c>ecg publish PATH…</c>: sends ECG files as events.</summary>
internal static class PublishCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = say("FHIR JSON or NDJSON, event files, WFDB headers, folders.", "FHIR JSON・NDJSON・イベントファイル・WFDB ヘッダー・フォルダー。"),
        };
        var priority = new Option<string>("--priority")
        {
            HelpName = "stat|routine",
            Description = say("How soon they are wanted; routine unless an event file says otherwise.", "優先度(既定は routine、イベントファイルに指定があればそれに従う)。"),
        };
        priority.AcceptOnlyFromAmong("stat", "routine");
        var eventId = EventIds.Option(
            "--event-id", say("Id of the event, where one ECG is sent; random otherwise.", "心電図が1件の場合のイベントID(既定は乱数)。"), say);
        var patient = new Option<string>("--patient")
        {
            HelpName = "Patient/ID",
            Description = say("Whose the WFDB records are; an invented patient otherwise.", "WFDB レコードの患者(既定は架空の患者)。"),
        };
        var wait = new Option<bool>("--wait")
        {
            Description = say("Wait, and show what became of each.", "完了まで待ち、それぞれの結果を表示します。"),
        };
        var command = new Command("publish", say("Send ECG files as events.", "心電図ファイルをイベントとして送信します。"))
        {
            paths, priority, eventId, patient, wait,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Terminal.Of(parsed),
            parsed.GetRequiredValue(paths),
            WireName.TryParse<EventPriority>(parsed.GetValue(priority), out var value) ? value : null,
            parsed.GetValue(eventId),
            parsed.GetValue(patient),
            parsed.GetValue(wait),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string[] paths, EventPriority? priority, Guid? eventId, string? patient, bool wait, CancellationToken cancellationToken)
    {
        var refused = 0;
        var published = new List<PublishedEvent>();
        using var worker = wait ? Connections.Worker() : null;
        var ecgs = OutgoingEcgs.Read(terminal, paths, patient, () => refused++);
        if (eventId is not null)
        {
            ecgs = [.. ecgs.Take(2)];
            if (ecgs.Count() > 1)
            {
                throw new CommandException(terminal.Say(
                    "--event-id names one event, but there is more than one ECG: nothing was sent.",
                    "--event-id は心電図が1件の場合だけ指定できます。何も送信していません。"));
            }
        }

        await using (var publisher = await EventPublisher.ConnectAsync(Connections.RabbitMq(), TimeProvider.System, cancellationToken))
        {
            foreach (var ecg in ecgs)
            {
                var sent = await publisher.PublishAsync(ecg, eventId ?? Guid.NewGuid(), priority, cancellationToken);
                published.Add(sent with { Ecg = ecg with { Json = default } });
                if (!wait)
                {
                    terminal.Output.WriteLine(terminal.Json
                        ? JsonSerializer.Serialize(new { ecg.Source, sent.EventId }, ContractJson.Compact)
                        : $"{sent.EventId}  {ecg.Source}");
                }
            }
        }

        var final = 0;
        if (worker is not null)
        {
            var unanswered = published.ToDictionary(sent => sent.EventId);
            await foreach (var (sent, answer) in new OutcomeWatch(worker).WatchAsync(published, cancellationToken))
            {
                final++;
                unanswered.Remove(sent.EventId);
                terminal.Output.WriteLine(terminal.Json
                    ? JsonSerializer.Serialize(OutcomeLine.Of(sent, answer), ContractJson.Compact)
                    : OutcomeText.Line(terminal, sent, answer));
            }

            if (final < published.Count)
            {
                UnansweredEcgs.Explain(terminal, unanswered.Values);
            }
        }

        return refused == 0 && (worker is null || final == published.Count) ? 0 : 1;
    }
}
