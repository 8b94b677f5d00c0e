using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>What all resources of one study share: references, times and marks.</summary>
internal sealed class StudyContext(ComposeRequest request, EarlierResult? earlier)
{
    public ComposeRequest Request => request;

    /// <summary>The result that the ECG has already.</summary>
    public EarlierResult? Earlier => earlier;

    /// <summary>The result whose resources get their next versions; <see langword="null"/> for a first one, and beside a signed one.</summary>
    public EarlierResult? Replaced => earlier is { IsSigned: false } ? earlier : null;

    public string Lineage => earlier switch
    {
        null => ResultIds.LineageOf(request.ObservationId),
        { IsSigned: true } => request.StudyId.ToString("D"),
        _ => earlier.Current.Lineage,
    };

    public ResultIds Ids => new(Lineage);

    public DateTimeOffset Now => request.Now;

    public string ReportId => Replaced?.Report.Resource.Id ?? Ids.Of("DiagnosticReport");

    /// <summary>The ECG, whatever its version.</summary>
    public ResourceReference Ecg => new($"Observation/{request.ObservationId}");

    /// <summary>The ECG as it was analysed.</summary>
    public ResourceReference EcgVersion => new($"Observation/{request.ObservationId}/_history/{request.ObservationVersion}");

    public ResourceReference Device => new($"Device/{DeviceResource.IdOf(request.Model)}");

    public ResourceReference? Subject => WithoutDisplay(request.Subject);

    public ResourceReference? Encounter => WithoutDisplay(request.Encounter);

    public Identifier StudyIdentifier => new(FhirUris.StudyIdentifier, request.StudyId.ToString("D"));

    /// <summary>Marks a resource as asserted by a machine, and as conforming to the profiles it conforms to.</summary>
    public static Meta Meta(params string[] profiles) => new()
    {
        Profile = profiles,
        Security = [new Coding(FhirUris.ObservationValue, "AIAST", "Artificial Intelligence asserted")],
    };

    /// <summary>
    /// The ECG's time in one of the two types that Observation and DiagnosticReport share; <see langword="null"/> where it
    /// has none, or none that is valid.
    /// </summary>
    public DataType? Effective() => request.Effective switch
    {
        FhirDateTime time => Valid(time.Value),
        Instant { Value: { } time } => new FhirDateTime(time),
        Period period when Valid(period.Start) is not null || Valid(period.End) is not null =>
            new Period(Valid(period.Start), Valid(period.End)),
        Timing timing => timing.Event.Select(time => Valid(time)).FirstOrDefault(time => time is not null),
        _ => null,
    };

    private static FhirDateTime? Valid(string? value) =>
        value is not null && FhirDateTime.IsValidValue(value) ? new FhirDateTime(value) : null;

    private static ResourceReference? WithoutDisplay(ResourceReference? source)
    {
        // "#id" points into the ECG's own contained resources and means nothing elsewhere.
        var reference = source?.Reference is { Length: > 0 } text && text[0] != '#' ? text : null;
        var identifier = source?.Identifier is { Value.Length: > 0 } id ? new Identifier(id.System, id.Value) : null;
        return reference is null && identifier is null
            ? null
            : new ResourceReference { Reference = reference, Type = source!.Type, Identifier = identifier };
    }
}
