using System.Globalization;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Suggestions.Resources;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>Words for what became of an ECG.</summary>
internal static class OutcomeText
{
    /// <summary>One line for people.</summary>
    public static string Line(Terminal terminal, PublishedEvent sent, EventAnswer answer) =>
        $"{sent.EventId}  {WireName.Of(answer.Status),-12}  {Urgency(terminal, answer),-8}  {Finding(answer)}  {sent.Ecg.Source}";

    /// <summary>The first suggestion in Japanese, or the code of the reason why there is none.</summary>
    public static string Finding(EventAnswer answer) => answer switch
    {
        { Suggestions: [var first, ..] } => first.Ja,
        { Status: StudyStatus.Uncertain or StudyStatus.Unanalysable, Reasons: [var reason, ..] } =>
            $"判定保留 ({reason.Code})",
        { Reasons: [var reason, ..] } => reason.Code,
        _ => "",
    };

    /// <summary>The first suggestion's probability.</summary>
    public static string Confidence(EventAnswer answer) =>
        answer.Suggestions is [var first, ..] ? FhirTexts.Percent(first.Probability) : "";

    /// <summary>How soon a physician should look.</summary>
    public static string Urgency(Terminal terminal, EventAnswer answer) =>
        answer.Urgency is { } urgency ? UrgencyWords.Of(urgency, terminal.Japanese) : "";

    /// <summary>Time from publishing to the durable result; another event with the same ECG may have brought it before.</summary>
    public static string Duration(Terminal terminal, PublishedEvent sent, EventAnswer answer) => (answer.FinishedAt - sent.PublishedAt) switch
    {
        { Ticks: >= 0 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms"),
        null => "",
        _ => terminal.Say("known", "既知"),
    };
}
