using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Classification;
using Hl7.Fhir.Model;
using ModelInfo = EcgIntegration.Worker.Classification.ModelInfo;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>What the FHIR resources of one study are made from.</summary>
/// <param name="StudyId">The study.</param>
/// <param name="Model">The model version.</param>
/// <param name="Execution">How the model ran; <see langword="null"/> where it did not.</param>
/// <param name="ObservationId">Logical id of the stored ECG.</param>
/// <param name="ObservationVersion">Its version.</param>
/// <param name="Subject">The ECG's subject; only its reference and identifier are taken over, never a display name.</param>
/// <param name="Effective">The ECG's effective time: a dateTime, Period or instant.</param>
/// <param name="Encounter">The ECG's encounter; treated like the subject.</param>
/// <param name="Verdict">The decision.</param>
/// <param name="Now">When it was made.</param>
/// <param name="Priority">How soon the sender wants the ECG read.</param>
internal sealed record ComposeRequest(
    Guid StudyId,
    ModelInfo Model,
    Execution? Execution,
    string ObservationId,
    int ObservationVersion,
    ResourceReference? Subject,
    DataType? Effective,
    ResourceReference? Encounter,
    Verdict Verdict,
    DateTimeOffset Now,
    EventPriority Priority)
{
    /// <summary>The result that the ECG has already.</summary>
    public CurrentResult? Current { get; init; }
}

/// <summary>The resources of one study.</summary>
/// <param name="ReportId">Logical id of the DiagnosticReport.</param>
/// <param name="Resources">All of them, Device first.</param>
internal sealed record ComposedStudy(string ReportId, IReadOnlyList<NewResource> Resources)
{
    /// <summary>What the ids derive from.</summary>
    public required string Lineage { get; init; }

    /// <summary>Resources of the lineage that were withdrawn earlier and stay as they are.</summary>
    public IReadOnlyList<string> Carried { get; init; } = [];
}

/// <summary>What the withdrawal of a result is made from.</summary>
/// <param name="Current">The result.</param>
/// <param name="ObservationId">Logical id of the ECG.</param>
/// <param name="ObservationVersion">Its version that says it was entered in error.</param>
/// <param name="Now">When it is withdrawn.</param>
internal sealed record WithdrawRequest(CurrentResult Current, string ObservationId, int ObservationVersion, DateTimeOffset Now);
