using Hl7.Fhir.Model;
using static Hl7.Fhir.Model.Provenance;
using static Hl7.Fhir.Model.RelatedArtifact;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// What would make a result of this system look signed, replaced or a client's own. A client refers to a result as a source of what it
/// says itself, and to settle it there is <c>$sign</c> alone.
/// </summary>
internal static class SignOffClaims
{
    /// <summary>How extensions end by which a resource takes the place of another one, or becomes a part of it, in R4 and from later releases.</summary>
    private static readonly string[] Replacing =
        ["-replaces", "/replaces", "-addendumOf", "-summaryOf", ".relatesTo", "-relatesTo", "-successorOf", "-predecessorOf"];

    /// <summary>The places of an element where it makes such a claim, from the element on.</summary>
    public static IEnumerable<string> Places(Base element, OwnReferences references) => element switch
    {
        DiagnosticReport report => Leading(report.Result, "result", references.ToResult),
        Observation observation => Leading(observation.HasMember, "hasMember", references.ToResult),
        // Who made a result, and who signed it, its own Provenance says.
        Provenance provenance => Leading(provenance.Target, "target", target => references.ToResult(target) || references.ToModel(target)),
        EntityComponent { Role: ProvenanceEntityRole.Revision or ProvenanceEntityRole.Removal } entity when references.ToResult(entity.What) => ["what"],
        Extension { Url: { } url } extension when Replacing.Any(end => url.EndsWith(end, StringComparison.Ordinal)) && Leads(extension, references) =>
            [extension.Value is null ? "extension" : "value"],
        RelatedArtifact { Type: RelatedArtifactType.Predecessor or RelatedArtifactType.Successor or RelatedArtifactType.ComposedOf } artifact
            when references.ToResult(artifact.Resource) || references.ToResult(artifact.Url) => [references.ToResult(artifact.Resource) ? "resource" : "url"],
        _ => [],
    };

    private static bool Leads(Extension extension, OwnReferences references) =>
        Leads(extension.Value, references) || extension.Extension.Exists(part => Leads(part, references));

    private static bool Leads(DataType? value, OwnReferences references) => value switch
    {
        ResourceReference reference => references.ToResult(reference),
        FhirUri uri => references.ToResult(uri.Value),
        Canonical canonical => references.ToResult(canonical.Value),
        FhirUrl url => references.ToResult(url.Value),
        _ => false,
    };

    private static IEnumerable<string> Leading(IEnumerable<ResourceReference> list, string name, Func<ResourceReference, bool> leads) =>
        list.Select((reference, index) => (reference, index)).Where(one => leads(one.reference)).Select(one => $"{name}[{one.index}]");
}
