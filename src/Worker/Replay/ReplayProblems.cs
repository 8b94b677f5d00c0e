using EcgIntegration.Contracts;
using EcgIntegration.Worker.Fhir;

namespace EcgIntegration.Worker.Replay;

/// <summary>Reasons of replays as answers over HTTP.</summary>
internal static class ReplayProblems
{
    /// <summary>The answer with this status.</summary>
    public static FhirProblem Of(int status, Reason reason) =>
        new(status, TypeOf(status), new ReasonDefinition(reason.Code, Literal(reason.En), Literal(reason.Ja)));

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status405MethodNotAllowed or StatusCodes.Status415UnsupportedMediaType => "not-supported",
        StatusCodes.Status413PayloadTooLarge => "too-long",
        StatusCodes.Status409Conflict => "conflict",
        _ => "value",
    };

    /// <summary>The sentence is made already, and a brace in it is no placeholder.</summary>
    private static string Literal(string sentence) =>
        sentence.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
}
