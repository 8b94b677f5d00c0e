namespace EcgIntegration.Worker.Fhir;

/// <summary>
/// Places of problems that are no element of a resource, as R4 names them: <c>http.</c> and the name of a parameter or header.
/// It has none for the request line and for a body that is no resource; those here are no parameter's and no header's either.
/// </summary>
internal static class HttpPlace
{
    /// <summary>The address with its parameters; also what is nothing of the request's.</summary>
    public const string Url = "http.url";

    /// <summary>The method.</summary>
    public const string Method = "http.method";

    /// <summary>A body that is no resource, such as a form.</summary>
    public const string Body = "http.body";

    /// <summary>A parameter or a header.</summary>
    public static string Of(string name) => "http." + name;
}
