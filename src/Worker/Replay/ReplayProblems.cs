using System.Globalization;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Fhir;

namespace EcgIntegration.Worker.Replay;

/// <summary>Reasons of replays as answers over HTTP.</summary>
internal static class ReplayProblems
{
    /// <summary>The body of a request, as R4 has it.</summary>
    public const string Body = "Parameters";

    /// <summary>The answer with this status.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="expression">Its place in the request.</param>
    public static FhirProblem Of(int status, Reason reason, string expression) => new(status, TypeOf(status), reason, expression);

    /// <summary>The answer to parameters that cannot be followed, at the one that the reason names.</summary>
    public static FhirProblem Of(int status, Reason reason, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Key == reason.Where)
            {
                return Of(status, reason, string.Create(CultureInfo.InvariantCulture, $"{Body}.parameter[{i}]"));
            }
        }

        return Of(status, reason, $"{Body}.parameter");
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status405MethodNotAllowed or StatusCodes.Status415UnsupportedMediaType => "not-supported",
        StatusCodes.Status413PayloadTooLarge => "too-long",
        StatusCodes.Status409Conflict => "conflict",
        _ => "value",
    };
}
