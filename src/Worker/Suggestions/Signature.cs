using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>What a physician settles a report with.</summary>
/// <param name="Report">The report, preliminary, as it is stored.</param>
/// <param name="Task">Its review Task as it is stored; <see langword="null"/> where it has none that is open.</param>
/// <param name="Physician">Who signs, by reference or identifier, without a name.</param>
/// <param name="Conclusion">The physician's own conclusion.</param>
/// <param name="ProvenanceId">Logical id of the Provenance.</param>
/// <param name="Now">When it is signed.</param>
internal sealed record Signature(
    StoredResource Report, StoredResource? Task, ResourceReference Physician, string Conclusion, string ProvenanceId, DateTimeOffset Now);

/// <summary>The resources of a signature.</summary>
/// <param name="Report">The next version of the report, final.</param>
/// <param name="Task">The next version of the Task, completed.</param>
/// <param name="Provenance">Who has settled which version.</param>
internal sealed record SignedResources(NewResource Report, NewResource? Task, NewResource Provenance);
