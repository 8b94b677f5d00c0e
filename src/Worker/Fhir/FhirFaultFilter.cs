using EcgIntegration.Persistence.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Refuses what accepts no JSON, and turns faults into an OperationOutcome that tells a client whether to come again.</summary>
internal sealed partial class FhirFaultFilter(ILogger<FhirFaultFilter> logger) : IEndpointFilter
{
    private const string Identity = "identity";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // A form can hold _format as well: whoever reads the form asks again.
        if (!(HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType) && !FhirFormat.AcceptsJson(http.Request))
        {
            return FhirResult.Problem(http, FhirProblems.NotAcceptable.At(FhirFormat.PlaceOf(http.Request.Query[FhirFormat.Parameter])));
        }

        if (IsEncoded(http.Request))
        {
            http.Response.Headers.AcceptEncoding = Identity;
            return FhirResult.Problem(http, FhirProblems.EncodingUnsupported.At(HttpPlace.Of(HeaderNames.ContentEncoding)));
        }

        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            return FhirResult.Problem(
                http,
                (e.StatusCode == StatusCodes.Status413PayloadTooLarge ? FhirProblems.BodyTooLarge : FhirProblems.RequestMalformed).At(HttpPlace.Body));
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            var passes = DatabaseFaults.IsTransient(e);
            LogFault(e.GetType().Name, passes);
            if (passes)
            {
                http.Response.Headers.RetryAfter = "5";
            }

            return FhirResult.Problem(http, (passes ? FhirProblems.Unavailable : FhirProblems.Internal).At(HttpPlace.Url));
        }
    }

    private static bool IsEncoded(HttpRequest request) =>
        request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding
        && !encoding.Equals(Identity, StringComparison.OrdinalIgnoreCase)
        && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;

    /// <summary>The kind of fault only: its text could name what was asked for.</summary>
    [LoggerMessage(4001, LogLevel.Error, "A request failed with {Fault} (passing: {Passing})")]
    private partial void LogFault(string fault, bool passing);
}
