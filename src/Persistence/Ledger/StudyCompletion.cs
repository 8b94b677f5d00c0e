using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>The result of a study.</summary>
/// <param name="Status">A final status.</param>
/// <param name="Urgency">How soon a physician should look.</param>
/// <param name="Reasons">Why, where the status is not <see cref="StudyStatus.Classified"/>.</param>
/// <param name="Suggestions">What the model suggests, the strongest first.</param>
/// <param name="ReportId">Logical id of the DiagnosticReport among <paramref name="Resources"/>.</param>
/// <param name="Resources">The FHIR resources to store.</param>
/// <param name="Execution">How the model ran; <see langword="null"/> where it did not.</param>
public sealed record StudyCompletion(
    StudyStatus Status,
    Urgency? Urgency,
    IReadOnlyList<Reason> Reasons,
    IReadOnlyList<LedgerSuggestion> Suggestions,
    string? ReportId,
    IReadOnlyList<NewResource> Resources,
    StudyExecution? Execution)
{
    /// <summary>The priority it was composed for; a more urgent event that has joined meanwhile is a <see cref="ResultChangedException"/>.</summary>
    public EventPriority Priority { get; init; }

    /// <summary>What the ids of the resources derive from; see <see cref="CurrentResult.Lineage"/>.</summary>
    public string? Lineage { get; init; }

    /// <summary>The study whose result this one was composed against; <see langword="null"/> where the ECG had none.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>
    /// Resources of the lineage that are neither written nor lost by this result, <c>Type/ID</c>: findings withdrawn earlier.
    /// </summary>
    public IReadOnlyList<string> Carried { get; init; } = [];
}

/// <summary>How the model ran; kept with the study as JSON.</summary>
/// <param name="Provider">Execution provider, for example <c>cpu</c>.</param>
/// <param name="Precision">Arithmetic, for example <c>fp32</c>.</param>
/// <param name="BatchSize">Size of the batch it ran in.</param>
/// <param name="Scores">Every label's logit.</param>
public sealed record StudyExecution(string Provider, string Precision, int BatchSize, IReadOnlyDictionary<string, float> Scores);

/// <summary>A FHIR resource to store. <c>id</c>, <c>meta.versionId</c> and <c>meta.lastUpdated</c> in the JSON give way to the store's own.</summary>
/// <param name="Type">Resource type, for example <c>DiagnosticReport</c>.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Json">The resource, UTF-8.</param>
/// <param name="KeepExisting">True where a resource of that type and id, once stored, stays as it is: the Device of a model version.</param>
/// <param name="Replaces">The version that this one follows, where the writer knows of one: another one there is a <see cref="ResultChangedException"/>.</param>
public sealed record NewResource(string Type, string Id, ReadOnlyMemory<byte> Json, bool KeepExisting = false, int? Replaces = null);
