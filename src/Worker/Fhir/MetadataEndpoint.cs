namespace EcgIntegration.Worker.Fhir;

/// <summary><c>GET /fhir/metadata</c>, by itself and as an entry of a batch.</summary>
internal sealed class MetadataEndpoint(TimeProvider time)
{
    /// <summary>What it is called in a URL.</summary>
    public const string Path = "metadata";

    private const string Mode = "mode";

    /// <summary>What is offered is the same in both; there is no terminology to tell of.</summary>
    private static readonly string[] Modes = ["", "full", "normative"];

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Whether a request is one that is answered.</summary>
    public static bool Understands(HttpRequest request) => Modes.Contains(request.Query[Mode].ToString());

    /// <summary>Answers a request, or an entry.</summary>
    public IResult Answer(HttpContext context) => Understands(context.Request)
        ? FhirResult.Bytes(context, StatusCodes.Status200OK, CapabilityStatement.Write(FhirPaths.BaseUrl(context), _started))
        : FhirResult.Problem(context, FhirProblems.ModeUnsupported.At(HttpPlace.Of(Mode)));
}
