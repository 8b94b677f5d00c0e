namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>Answers a refused write with its problems.</summary>
internal sealed class RefusalFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (WriteRefusedException e)
        {
            return FhirResult.Problems(context.HttpContext, e.Problems);
        }
    }
}
