using System.Collections.Frozen;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;
using Task = Hl7.Fhir.Model.Task;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>The result that an ECG has already, as the next one sees it.</summary>
internal sealed class EarlierResult
{
    /// <summary>A physician has signed, or changed what was signed: the machine leaves the report alone from then on.</summary>
    private static readonly FrozenSet<DiagnosticReport.DiagnosticReportStatus> Unsigned = new[]
    {
        DiagnosticReport.DiagnosticReportStatus.Registered,
        DiagnosticReport.DiagnosticReportStatus.Partial,
        DiagnosticReport.DiagnosticReportStatus.Preliminary,
        DiagnosticReport.DiagnosticReportStatus.EnteredInError,
        DiagnosticReport.DiagnosticReportStatus.Cancelled,
    }.ToFrozenSet();

    private EarlierResult(CurrentResult current)
    {
        Current = current;
        Report = One<DiagnosticReport>(current.Resources) ?? throw new InvalidDataException("A result has no report.");
        Task = One<Task>(current.Resources);
        Findings = current.Resources.Where(resource => resource.Type == "Observation")
            .Select(resource => new Earlier<Observation>((Observation)FhirJson.Parse(resource.Json), resource.Version))
            .Where(finding => CodeOf(finding.Resource) is not null)
            .ToDictionary(finding => CodeOf(finding.Resource)!, StringComparer.Ordinal);
    }

    /// <summary>As it is stored.</summary>
    public CurrentResult Current { get; }

    /// <summary>Its report.</summary>
    public Earlier<DiagnosticReport> Report { get; }

    /// <summary>Its review Task.</summary>
    public Earlier<Task>? Task { get; }

    /// <summary>Its findings by label code, those withdrawn included.</summary>
    public IReadOnlyDictionary<string, Earlier<Observation>> Findings { get; }

    /// <summary>True where the report must be accompanied, never replaced.</summary>
    public bool IsSigned => Report.Resource.Status is not { } status || !Unsigned.Contains(status);

    /// <summary>Reads it.</summary>
    public static EarlierResult? From(CurrentResult? current) => current is null ? null : new(current);

    private static Earlier<T>? One<T>(IReadOnlyList<StoredResource> resources) where T : Resource =>
        resources.FirstOrDefault(resource => resource.Type == typeof(T).Name) is { } stored
            ? new Earlier<T>((T)FhirJson.Parse(stored.Json), stored.Version)
            : null;

    private static string? CodeOf(Observation finding) =>
        finding.Code?.Coding.FirstOrDefault(coding => coding.System == FhirUris.Labels)?.Code;
}

/// <summary>A resource as it is stored now.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Version">Its version.</param>
internal sealed record Earlier<T>(T Resource, int Version) where T : Resource
{
    /// <summary>Refers to just this version.</summary>
    public ResourceReference Reference => new($"{Resource.TypeName}/{Resource.Id}/_history/{Version}");
}
