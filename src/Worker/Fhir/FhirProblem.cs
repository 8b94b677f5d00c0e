using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir;

/// <summary>A kind of problem. It is answered only once it has a place: see <see cref="At"/>.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="IssueType">FHIR issue type.</param>
/// <param name="Definition">Code and sentences.</param>
internal sealed record ProblemDefinition(int Status, string IssueType, ReasonDefinition Definition)
{
    /// <summary>The problem at a place.</summary>
    /// <param name="expression">Where: an element as FHIRPath, or one of <see cref="HttpPlace"/>.</param>
    /// <param name="values">Numbers and names in the sentences; never a value that the client sent.</param>
    public FhirProblem At(string expression, params object[] values) =>
        new(Status, IssueType, Definition.At(expression, values), expression);
}

/// <summary>One problem at its place.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="IssueType">FHIR issue type.</param>
/// <param name="Reason">Code and sentences.</param>
/// <param name="Expression">Where: an element as FHIRPath, or one of <see cref="HttpPlace"/>.</param>
internal sealed record FhirProblem(int Status, string IssueType, Reason Reason, string Expression)
{
    /// <summary>The same at another place.</summary>
    public FhirProblem At(string expression) => this with { Expression = expression };
}
