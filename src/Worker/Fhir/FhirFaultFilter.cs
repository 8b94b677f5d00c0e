using EcgIntegration.Persistence.Hosting;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Refuses what accepts no JSON, and turns faults into an OperationOutcome that tells a client whether to come again.</summary>
internal sealed partial class FhirFaultFilter(ILogger<FhirFaultFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // A form can hold _format as well: whoever reads the form asks again.
        if (!(HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType) && !FhirFormat.AcceptsJson(http.Request))
        {
            return FhirResult.Problem(http, FhirProblems.NotAcceptable.At("http." + FhirFormat.Parameter));
        }

        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            return FhirResult.Problem(
                http, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? FhirProblems.BodyTooLarge : FhirProblems.RequestMalformed);
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            var passes = DatabaseFaults.IsTransient(e);
            LogFault(e.GetType().Name, passes);
            if (passes)
            {
                http.Response.Headers.RetryAfter = "5";
            }

            return FhirResult.Problem(http, passes ? FhirProblems.Unavailable : FhirProblems.Internal);
        }
    }

    /// <summary>The kind of fault only: its text could name what was asked for.</summary>
    [LoggerMessage(4001, LogLevel.Error, "A request failed with {Fault} (passing: {Passing})")]
    private partial void LogFault(string fault, bool passing);
}
