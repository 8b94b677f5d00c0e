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
        $"{sent.EventId}  {WireName.Of(answer.Status),-12}  {Urgency(terminal, answer),-8}  {string.Join(' ', new[] { Finding(answer), Confidence(terminal, answer) }.Where(text => text.Length > 0))}  {sent.Ecg.Source}";

    /// <summary>The first suggestion in Japanese, or code and place of the reason why there is none; what makes it urgent is the first reason.</summary>
    public static string Finding(EventAnswer answer) => answer switch
    {
        { Suggestions: [var first, ..] } => first.Ja,
        { Status: StudyStatus.Uncertain or StudyStatus.Unanalysable, Reasons: [var reason, ..] } =>
            $"判定保留 ({reason.Code}{(reason.Where is null ? "" : ": " + reason.Where)})",
        { Reasons: [var reason, ..] } => reason.Code,
        _ => "",
    };

    /// <summary>The first suggestion's probability, and its threshold: 12 % is little or much, depending on it.</summary>
    public static string Confidence(Terminal terminal, EventAnswer answer) => answer.Suggestions is [var first, ..]
        ? terminal.Say(
            $"{FhirTexts.Percent(first.Probability)} (threshold {FhirTexts.Percent(first.Threshold)})",
            $"{FhirTexts.Percent(first.Probability)}（閾値{FhirTexts.Percent(first.Threshold)}）")
        : "";

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
