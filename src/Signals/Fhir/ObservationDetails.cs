namespace EcgIntegration.Signals.Fhir;

/// <summary>Everything of an ECG Observation but the signal. What is <see langword="null"/> is left out.</summary>
public sealed record ObservationDetails
{
    /// <summary>The resource's id.</summary>
    public string? Id { get; init; }

    /// <summary>Identifier of the ECG at its source.</summary>
    public FhirIdentifier? Identifier { get; init; }

    /// <summary>FHIR status.</summary>
    public string Status { get; init; } = "final";

    /// <summary>The patient as <c>Patient/ID</c>.</summary>
    public string? SubjectReference { get; init; }

    /// <summary>The patient's identifier.</summary>
    public FhirIdentifier? SubjectIdentifier { get; init; }

    /// <summary>The patient's name.</summary>
    public string? SubjectDisplay { get; init; }

    /// <summary>When the ECG was recorded.</summary>
    public DateTimeOffset? Effective { get; init; }

    /// <summary>Who recorded it, as text.</summary>
    public string? PerformerDisplay { get; init; }

    /// <summary>The electrocardiograph, as text.</summary>
    public string? DeviceDisplay { get; init; }

    /// <summary>A note, such as the origin and licence of published data.</summary>
    public string? Note { get; init; }
}

/// <summary>A business identifier.</summary>
/// <param name="System">URI of the namespace.</param>
/// <param name="Value">The identifier in it.</param>
public sealed record FhirIdentifier(string System, string Value);
