using System.Diagnostics.CodeAnalysis;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.FhirModel;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Utility;

namespace EcgIntegration.Worker.Intake;

/// <summary>Reads and checks the Observation around the signal with Firely's parser.</summary>
internal static class EnvelopeReader
{
    /// <summary>What a search can find again.</summary>
    private const int LongestReference = 256;

    private const int MostProblems = 5;

    public static bool TryRead(
        ReadOnlySpan<byte> observation,
        [NotNullWhen(true)] out EcgEnvelope? envelope,
        out IReadOnlyList<Reason> reasons)
    {
        envelope = null;
        if (Parse(observation, out var problems) is not { } ecg)
        {
            reasons = problems;
            return false;
        }

        var found = new List<Reason>();
        if (ecg.ImplicitRules is not null)
        {
            found.Add(EventReasons.ImplicitRules.At("observation.implicitRules"));
        }

        var absent = ecg.Component.FindIndex(component => component.DataAbsentReason is not null && component.Value is not null);
        if (absent >= 0 || (ecg.DataAbsentReason is not null && ecg.Value is not null))
        {
            found.Add(EventReasons.DataAbsent.At(absent >= 0 ? $"observation.component[{absent}]" : "observation"));
        }

        var subject = ReadSubject(ecg, found);
        reasons = found;
        if (found.Count > 0)
        {
            return false;
        }

        envelope = new EcgEnvelope(
            ResourceId.IsValid(ecg.Id) ? ecg.Id : null,
            [
                .. ecg.Identifier.Where(i => i.Value is not null).Select(i => (System: (string?)i.System, Value: i.Value!))
                    .OrderBy(i => i.System, StringComparer.Ordinal).ThenBy(i => i.Value, StringComparer.Ordinal),
            ],
            subject!,
            ecg.Effective,
            ecg.Encounter?.Reference is { } encounter and not ['#', ..] ? new ResourceReference(encounter) : null)
        {
            WithdrawnStatus = ecg.Status is ObservationStatus.EnteredInError or ObservationStatus.Cancelled ? EnumUtility.GetLiteral(ecg.Status) : null,
        };
        return true;
    }

    private static Observation? Parse(ReadOnlySpan<byte> observation, out IReadOnlyList<Reason> reasons)
    {
        var problem = ResourceScan.Examine(observation, out var type);
        if (problem is null && type != nameof(Observation))
        {
            problem = ScanProblem.TypeInvalid;
        }

        if (problem is { } found)
        {
            reasons = [Describe(found)];
            return null;
        }

        var ecg = R4Parser.Parse(observation, type, MostProblems, out var problems) as Observation;
        reasons = [.. problems.Select(one => EventReasons.FhirInvalid.At(one.Path ?? "observation", one.Code))];
        return ecg;
    }

    private static Reason Describe(ScanProblem problem) => problem switch
    {
        ScanProblem.NotText => StorageReasons.InvalidText.At("observation"),
        ScanProblem.NotJson => EventReasons.FhirInvalid.At("observation", "JSON"),
        ScanProblem.TooComplex => EventReasons.ObservationTooComplex.At("observation", ResourceScan.MaximumElements, ResourceScan.LongestName),
        _ => EventReasons.FhirInvalid.At("observation", "resourceType"),
    };

    private static ResourceReference? ReadSubject(Observation ecg, List<Reason> reasons)
    {
        const string where = "observation.subject";
        var reference = ecg.Subject?.Reference;
        var identifier = ecg.Subject?.Identifier;
        if (reference is ['#', .. var containedId])
        {
            // What lies inside the Observation cannot be referred to from the results: the patient's identifier can.
            if (!TryFindContained(ecg, containedId, reasons, out var patient))
            {
                return null;
            }

            var known = patient?.Identifier.Where(candidate => candidate.Value is not null).ToList() ?? [];
            if (identifier?.Value is not null && known.Count > 0
                && !known.Exists(candidate => candidate.System == identifier.System && candidate.Value == identifier.Value))
            {
                reasons.Add(EventReasons.SubjectAmbiguous.At(where));
                return null;
            }

            identifier = identifier?.Value is not null ? identifier : known.FirstOrDefault();
            reference = null;
        }

        if (string.IsNullOrWhiteSpace(reference) && string.IsNullOrWhiteSpace(identifier?.Value))
        {
            reasons.Add(EventReasons.SubjectMissing.At(where));
            return null;
        }

        if ((TypeOf(reference) ?? ecg.Subject!.Type) is not (null or "Patient"))
        {
            reasons.Add(EventReasons.SubjectNotPatient.At(where));
            return null;
        }

        if (reference is not null && (reference.Length > LongestReference || PatientReference.Normalise(reference) is null))
        {
            reasons.Add(EventReasons.SubjectInvalid.At(where));
            return null;
        }

        var kept = identifier?.Value is null ? null : new Identifier(identifier.System, identifier.Value);
        return new ResourceReference { Reference = reference, Identifier = kept, Type = reference is null ? "Patient" : null };
    }

    /// <summary>The contained resource of that id, if any, must be a Patient, and one: two would leave it open who is meant.</summary>
    private static bool TryFindContained(Observation ecg, string id, List<Reason> reasons, out Patient? patient)
    {
        var contained = ecg.Contained.Where(resource => resource.Id == id).ToList();
        patient = contained.Count == 1 ? contained[0] as Patient : null;
        if (contained.Count == 0 || patient is not null)
        {
            return true;
        }

        reasons.Add((contained.Count > 1 ? EventReasons.SubjectAmbiguous : EventReasons.SubjectNotPatient).At("observation.subject"));
        return false;
    }

    /// <summary>Resource type of a literal reference; <see langword="null"/> where it does not show (<c>urn:uuid:</c>).</summary>
    private static string? TypeOf(string? reference)
    {
        var type = reference is null ? null : new ResourceIdentity(reference).ResourceType;
        return string.IsNullOrEmpty(type) ? null : type;
    }
}
