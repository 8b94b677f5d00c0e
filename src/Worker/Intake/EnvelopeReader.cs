using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EcgIntegration.Contracts;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace EcgIntegration.Worker.Intake;

/// <summary>Reads and checks the Observation around the signal with Firely's parser.</summary>
internal static class EnvelopeReader
{
    private static readonly FhirJsonDeserializer Deserializer = new(new DeserializerSettings().UsingMode(DeserializationMode.Strict));

    public static bool TryRead(
        ReadOnlySpan<byte> observation,
        [NotNullWhen(true)] out EcgEnvelope? envelope,
        out IReadOnlyList<Reason> reasons)
    {
        envelope = null;
        var reader = new Utf8JsonReader(observation);
        if (!Deserializer.TryDeserializeResource(ref reader, out var resource, out var issues) || resource is not Observation ecg)
        {
            reasons = [.. issues.Take(5).Select(Describe).DefaultIfEmpty(EventReasons.FhirInvalid.At("observation", "resourceType"))];
            return false;
        }

        var found = new List<Reason>();
        if (ecg.Status is ObservationStatus.EnteredInError or ObservationStatus.Cancelled)
        {
            found.Add(EventReasons.StatusUnusable.At("observation.status", EnumUtility.GetLiteral(ecg.Status)!));
        }

        var subject = ReadSubject(ecg, found);
        reasons = found;
        if (found.Count > 0)
        {
            return false;
        }

        envelope = new EcgEnvelope(
            ecg.Id is { } id && FhirId.IsValid(id) ? id : null,
            [.. ecg.Identifier.Where(i => i.Value is not null).Select(i => $"{i.System}|{i.Value}").Order(StringComparer.Ordinal)],
            subject!,
            ecg.Effective,
            ecg.Encounter?.Reference is { } encounter and not ['#', ..] ? new ResourceReference(encounter) : null);
        return true;
    }

    /// <summary>Code and place only: Firely's messages can quote values.</summary>
    private static Reason Describe(CodedException issue) => EventReasons.FhirInvalid.At(
        ElementPath.Known((issue as ExtendedCodedException)?.InstancePath) ?? "observation", issue.ErrorCode);

    private static ResourceReference? ReadSubject(Observation ecg, List<Reason> reasons)
    {
        const string where = "observation.subject";
        var reference = ecg.Subject?.Reference;
        var identifier = ecg.Subject?.Identifier;
        if (reference is ['#', .. var containedId])
        {
            // What lies inside the Observation cannot be referred to from the results: the patient's identifier can.
            identifier = ecg.Contained.OfType<Patient>().FirstOrDefault(patient => patient.Id == containedId)
                ?.Identifier.FirstOrDefault(candidate => candidate.Value is not null) ?? identifier;
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

        var kept = identifier?.Value is null ? null : new Identifier(identifier.System, identifier.Value);
        return new ResourceReference { Reference = reference, Identifier = kept, Type = reference is null ? "Patient" : null };
    }

    /// <summary>Resource type of a literal reference; <see langword="null"/> where it does not show (<c>urn:uuid:</c>).</summary>
    private static string? TypeOf(string? reference)
    {
        var type = reference is null ? null : new ResourceIdentity(reference).ResourceType;
        return string.IsNullOrEmpty(type) ? null : type;
    }
}
