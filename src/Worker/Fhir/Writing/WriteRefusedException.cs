namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>Nothing is written; the client is told why. Undoes the transaction it is thrown in.</summary>
/// <param name="problems">Why; at least one.</param>
internal sealed class WriteRefusedException(params IReadOnlyList<FhirProblem> problems) : Exception("A write was refused.")
{
    /// <summary>Why.</summary>
    public IReadOnlyList<FhirProblem> Problems => problems;
}
