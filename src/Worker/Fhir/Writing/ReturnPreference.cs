namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>What a client wants back of a write: <c>Prefer: return=…</c>.</summary>
internal enum ReturnPreference
{
    /// <summary>Nothing said: the resource for a single write, nothing for the entries of a Bundle.</summary>
    Unsaid,

    /// <summary>No body.</summary>
    Minimal,

    /// <summary>The resource as it is stored.</summary>
    Representation,

    /// <summary>An OperationOutcome.</summary>
    OperationOutcome,
}

/// <summary>Reads it.</summary>
internal static class ReturnPreferences
{
    /// <summary>The preference of a request; one that is not known counts as none (RFC 7240).</summary>
    public static ReturnPreference Of(HttpRequest request) =>
        Enum.TryParse<ReturnPreference>(FhirPreference.Find(request, "return"), ignoreCase: true, out var preference)
            ? preference : ReturnPreference.Unsaid;
}
