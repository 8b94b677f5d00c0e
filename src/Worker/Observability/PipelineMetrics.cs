using System.Diagnostics.Metrics;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Observability;

/// <summary>What operators watch. Labels are closed vocabularies: no identifier ever becomes one.</summary>
internal sealed class PipelineMetrics
{
    public const string MeterName = "EcgIntegration";

    /// <summary>From a single ECG on an idle machine to a backlog after an outage, in seconds.</summary>
    private static readonly InstrumentAdvice<double> ToResult = new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private readonly Counter<long> _received;
    private readonly Counter<long> _outcomes;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _postponed;
    private readonly Histogram<double> _duration;

    public PipelineMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _received = meter.CreateCounter<long>("ecg.events.received", description: "Events taken from the broker, redeliveries included.");
        _outcomes = meter.CreateCounter<long>("ecg.outcomes", description: "Final outcomes published.");
        _deadLetters = meter.CreateCounter<long>("ecg.dead_letters", description: "Messages without a usable event id.");
        _postponed = meter.CreateCounter<long>("ecg.attempts.postponed", description: "Attempts that ended in a fault and are tried again.");
        _duration = meter.CreateHistogram<double>("ecg.time_to_result", "s", "Time from reception to durable result.", tags: null, ToResult);
    }

    public void EventReceived(string routingKey) =>
        _received.Add(1, new KeyValuePair<string, object?>("priority", routingKey switch
        {
            EventNames.ReceivedStat => "stat",
            EventNames.Replay => "replay",
            _ => "routine",
        }));

    public void Finished(StudyOutcome outcome, TimeSpan sinceReception)
    {
        var status = new KeyValuePair<string, object?>("status", WireName.Of(outcome.Status));
        _outcomes.Add(1, status, new KeyValuePair<string, object?>("urgency", outcome.Urgency is { } urgency ? WireName.Of(urgency) : "none"));
        _duration.Record(sinceReception.TotalSeconds, status);
    }

    public void DeadLettered() => _deadLetters.Add(1);

    public void Postponed() => _postponed.Add(1);
}
