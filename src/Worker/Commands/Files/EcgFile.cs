using EcgIntegration.Contracts;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Worker.Commands.Files;

/// <summary>One ECG that a path on the command line leads to: an Observation, a WFDB record, or the reason why neither.</summary>
internal sealed class EcgFile
{
    private readonly ReadOnlyMemory<byte> _observation;
    private readonly WfdbRecord? _record;
    private readonly Reason? _unreadable;

    private EcgFile(string source, string name, ReadOnlyMemory<byte> observation, WfdbRecord? record, Reason? unreadable)
    {
        Source = source;
        Name = name;
        _observation = observation;
        _record = record;
        _unreadable = unreadable;
    }

    /// <summary>The path, with the line of an NDJSON file or the entry of a Bundle behind it.</summary>
    public string Source { get; }

    /// <summary>A file name for what is made of it, without extension.</summary>
    public string Name { get; }

    /// <summary>The whole event, where the file is one: it has an <c>eventId</c>.</summary>
    public ReadOnlyMemory<byte>? Event { get; private init; }

    internal static EcgFile OfObservation(string source, string name, ReadOnlyMemory<byte> utf8, ReadOnlyMemory<byte>? whole = null) =>
        new(source, name, utf8, null, null) { Event = whole };

    internal static EcgFile OfRecord(string source, string name, WfdbRecord record) => new(source, name, default, record, null);

    internal static EcgFile Unreadable(string source, string name, Reason reason) => new(source, name, default, null, reason);

    /// <summary>Reads the signal.</summary>
    public ReadResult Read() =>
        _unreadable is { } reason ? new ReadResult(null, [reason])
        : _record is { } record ? WfdbReader.ToRecording(record)
        : ObservationSignalReader.Read(_observation.Span);

    /// <summary>What the intake says of it; nothing of a WFDB record, which is published as a valid Observation.</summary>
    public IReadOnlyList<Reason> PreviewIntake() =>
        _unreadable is not null || _record is not null ? []
        : Event is { } body ? IntakePreview.OfEvent(body)
        : IntakePreview.OfObservation(_observation.Span);

    /// <summary>
    /// The Observation as it stands in the file, or one written for a WFDB record; <see langword="null"/> with a reason
    /// where there is none.
    /// </summary>
    /// <param name="details">What to write beside the signal of a WFDB record.</param>
    /// <param name="reason">Why there is no Observation.</param>
    public ReadOnlyMemory<byte>? ToObservation(Func<WfdbRecord, ObservationDetails> details, out Reason? reason)
    {
        reason = _unreadable;
        if (reason is not null)
        {
            return null;
        }

        if (_record is null)
        {
            return _observation;
        }

        var read = WfdbReader.ToRecording(_record);
        reason = read.Reasons.Count > 0 ? read.Reasons[0] : null;
        return reason is null ? ObservationWriter.Write(_record, details(_record)) : default(ReadOnlyMemory<byte>?);
    }
}
