namespace EcgIntegration.Worker.Fhir.Auditing;

/// <summary>Records the refusals of routes that say what they do.</summary>
internal sealed class RefusalAuditFilter(RefusalAudit refusals) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var http = context.HttpContext;
        if (result is IStatusCodeHttpResult { StatusCode: { } status } && http.GetEndpoint()?.Metadata.GetMetadata<RouteInteraction>() is { } interaction)
        {
            await refusals.RecordAsync(
                http, interaction.Code, http.Request.RouteValues["type"] as string ?? interaction.Type, http.Request.RouteValues["id"] as string, status);
        }

        return result;
    }
}
