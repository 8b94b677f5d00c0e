using EcgIntegration.Worker.Fhir.Writing.Validation;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Signing;

/// <summary>The parameters of <c>$sign</c>.</summary>
/// <param name="Physician">Who signs, by reference or identifier, without a name.</param>
/// <param name="Conclusion">The physician's conclusion.</param>
internal sealed record SignParameters(ResourceReference Physician, string Conclusion)
{
    private static readonly string[] Types = ["Practitioner", "PractitionerRole"];

    /// <summary>Reads them.</summary>
    /// <exception cref="WriteRefusedException">They are not understood wholly.</exception>
    public static SignParameters Read(ReadOnlyMemory<byte> body)
    {
        var parameters = ((Parameters)ResourceValidator.Read(body, nameof(Parameters), default, ReferenceScope.Alone)).Parameter;
        var unknown = parameters.FindIndex(parameter => parameter.Name is not ("practitioner" or "conclusion"));
        if (unknown >= 0)
        {
            throw Refused("parameter", $"Parameters.parameter[{unknown}]");
        }

        var physician = Single(parameters, "practitioner") switch
        {
            ResourceReference { Reference: { } reference } given when IsPhysician(reference) => WithoutName(given),
            ResourceReference { Reference: null, Identifier.Value: not null } given => WithoutName(given),
            Identifier { Value: not null } identifier => WithoutName(new ResourceReference { Identifier = identifier }),
            _ => throw Refused("practitioner", Place(parameters, "practitioner")),
        };
        return Single(parameters, "conclusion") is FhirString { Value: { } conclusion } && !string.IsNullOrWhiteSpace(conclusion)
            ? new SignParameters(physician, conclusion.Trim())
            : throw Refused("conclusion", Place(parameters, "conclusion"));
    }

    private static DataType? Single(List<Parameters.ParameterComponent> parameters, string name) =>
        parameters.FindAll(parameter => parameter.Name == name) is [var one] ? one.Value : null;

    private static string Place(List<Parameters.ParameterComponent> parameters, string name) =>
        parameters.FindIndex(parameter => parameter.Name == name) is >= 0 and var index ? $"Parameters.parameter[{index}].value" : "Parameters";

    private static bool IsPhysician(string reference)
    {
        var parts = reference.Split('/');
        return parts.Length >= 2 && parts.Any(part => Types.Contains(part));
    }

    private static ResourceReference WithoutName(ResourceReference given) => new()
    {
        Reference = given.Reference,
        Type = given.Reference is null ? given.Type ?? Types[0] : given.Type,
        Identifier = given.Identifier is { Value: not null } identifier ? new Identifier(identifier.System, identifier.Value) : null,
    };

    private static WriteRefusedException Refused(string name, string place) => new(SignProblems.ParametersInvalid.At(place, name));
}
