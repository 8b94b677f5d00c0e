namespace EcgIntegration.Worker.Intake;

/// <summary>FHIR logical ids: 1 to 64 letters, digits, hyphens and dots (R4, datatype <c>id</c>).</summary>
internal static class FhirId
{
    public static bool IsValid(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > 64)
        {
            return false;
        }

        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
