using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Replay;

/// <summary>
/// Which ECGs to replay: all that every given condition holds for. What an ECG shows decides - its current result, or a later
/// failure - and an ECG counts once, however many events brought it. Events that were never read as an ECG count by
/// themselves, where nothing is asked of patient, urgency, label or model.
/// </summary>
public sealed record ReplaySelection
{
    /// <summary>Received at this moment or later; events of a replay do not count.</summary>
    public DateTimeOffset? ReceivedFrom { get; init; }

    /// <summary>Received before this moment.</summary>
    public DateTimeOffset? ReceivedBefore { get; init; }

    /// <summary>A reference as <see cref="Resources.PatientReference.Normalise"/> gives it, or an identifier as <c>system|value</c>.</summary>
    public string? Patient { get; init; }

    /// <summary>The publisher.</summary>
    public string? SourceSystem { get; init; }

    /// <summary>A final status.</summary>
    public StudyStatus? Status { get; init; }

    /// <summary>The urgency.</summary>
    public Urgency? Urgency { get; init; }

    /// <summary>Code of a label that is suggested.</summary>
    public string? Label { get; init; }

    /// <summary>SHA-256 of the model that read it, or its beginning, lower-case hexadecimal.</summary>
    public string? FromModel { get; init; }

    /// <summary>Code of a reason.</summary>
    public string? Reason { get; init; }

    /// <summary>True where <see cref="Patient"/> is an identifier and not a reference.</summary>
    internal bool ByIdentifier => Patient?.Contains('|', StringComparison.Ordinal) == true;

    /// <summary>The conditions in words for logs, lists and the audit: that a patient is named, but not which.</summary>
    public string Describe()
    {
        (string Name, string? Value)[] conditions =
        [
            ("from", ReceivedFrom?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)),
            ("before", ReceivedBefore?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)),
            ("patient", Patient is null ? null : "*"),
            ("source", SourceSystem),
            ("status", Status is { } status ? WireName.Of(status) : null),
            ("urgency", Urgency is { } urgency ? WireName.Of(urgency) : null),
            ("label", Label),
            ("fromModel", FromModel),
            ("reason", Reason),
        ];
        var given = conditions.Where(condition => condition.Value is not null).Select(condition => $"{condition.Name}={condition.Value}");
        return string.Join(' ', given) is { Length: > 0 } text ? text : "all";
    }
}
