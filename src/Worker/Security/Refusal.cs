using EcgIntegration.Worker.Fhir;

namespace EcgIntegration.Worker.Security;

/// <summary>Refuses a request before any route takes it: under <c>/fhir</c> with an OperationOutcome, as everything there.</summary>
internal static class Refusal
{
    /// <summary>Answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="title">In a few words, in Japanese and English.</param>
    public static Task AnswerAsync(HttpContext context, FhirProblem problem, string title)
    {
        var answer = FhirPaths.Holds(context.Request.Path)
            ? FhirResult.Problem(context, problem)
            : Results.Problem(title: title, detail: $"{problem.Reason.Ja} / {problem.Reason.En}", statusCode: problem.Status);
        return answer.ExecuteAsync(context);
    }
}
