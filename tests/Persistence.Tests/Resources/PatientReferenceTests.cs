using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Tests.Resources;

public sealed class PatientReferenceTests
{
    [Theory]
    [InlineData("x", "Patient/x")]
    [InlineData("Patient/x", "Patient/x")]
    [InlineData(" Patient/x/_history/3 ", "Patient/x")]
    [InlineData("https://ehr/fhir/Patient/x", "https://ehr/fhir/Patient/x")]
    [InlineData("urn:uuid:1f9d", "urn:uuid:1f9d")]
    [InlineData("Group/x", null)]
    [InlineData("#x", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("Patient/", null)]
    [InlineData("Patient/ä", null)]
    public void Forms_of_one_reference_become_one(string? reference, string? expected) =>
        Assert.Equal(expected, PatientReference.Normalise(reference));
}
