using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir;

/// <summary>One problem.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="IssueType">FHIR issue type.</param>
/// <param name="Definition">Code and sentences.</param>
/// <param name="Values">Numbers and names in the sentences; never a value that the client sent.</param>
internal sealed record FhirProblem(int Status, string IssueType, ReasonDefinition Definition, params object[] Values)
{
    /// <summary>
    /// Where: an element as FHIRPath, or <c>http.NAME</c> for a parameter or header (R4, OperationOutcome.issue.expression);
    /// <see langword="null"/> for the whole request.
    /// </summary>
    public string? Expression { get; init; }

    public Reason Reason => Definition.At(Expression, Values);

    /// <summary>The same at a place.</summary>
    public FhirProblem At(string? expression, params object[] values) => this with { Expression = expression, Values = values };
}
