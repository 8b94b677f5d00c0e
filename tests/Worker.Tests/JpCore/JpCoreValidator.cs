using System.Text.Json;
using EcgIntegration.TestKit;
using Firely.Fhir.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Specification.Source;
using Hl7.Fhir.Specification.Terminology;

namespace EcgIntegration.Worker.Tests.JpCore;

/// <summary>Firely's validator over R4 and the constraints of JP Core; made once, because the specification takes seconds to load.</summary>
public sealed class JpCoreValidator
{
    private static readonly FhirJsonDeserializer Deserializer = new(new DeserializerSettings().UsingMode(DeserializationMode.Strict));

    private readonly Validator _validator;

    public JpCoreValidator()
    {
        var profiles = new DirectorySource(
            Repository.File("tests", "Worker.Tests", "JpCore", "Profiles"), new DirectorySourceSettings { Mask = "*.json" });
        var resolver = new CachedResolver(new SnapshotSource(new CachedResolver(new MultiResolver(profiles, ZipSource.CreateValidationSource()))));
        _validator = new Validator(resolver, new LocalTerminologyService(resolver));
    }

    /// <summary>What is wrong by R4 and by the profiles in <c>meta.profile</c>; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var resource = Deserializer.DeserializeResource(ref reader);
        return
        [
            .. _validator.Validate(resource).Issue
                .Where(issue => issue.Severity is OperationOutcome.IssueSeverity.Error or OperationOutcome.IssueSeverity.Fatal)
                .Select(issue => $"{string.Join(',', issue.Expression)}: {issue.Details?.Text}")
                .Where(problem => !IsOfDisplayOnly(problem)),
        ];
    }

    /// <summary>
    /// ref-1 of R4 gives an empty result, not true, for a reference that is a display or an identifier alone, which R4 allows;
    /// the validator takes empty for false. Nothing here refers to what is contained.
    /// </summary>
    private static bool IsOfDisplayOnly(string problem) => problem.Contains("failed constraint ref-1", StringComparison.Ordinal);
}
