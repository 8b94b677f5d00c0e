using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir.Auditing;

/// <summary>
/// Records what was asked for and refused: a client that tries ids one after the other, or writes what it may not, is to be seen.
/// Nothing was shown and nothing changed, so a record that cannot be made changes no answer.
/// </summary>
internal sealed partial class RefusalAudit(IAuditLog audit, ILogger<RefusalAudit> logger)
{
    /// <summary>Between what was asked for and the status of the refusal, in a record's action.</summary>
    public const string Mark = ": ";

    private static readonly int[] Recorded =
    [
        StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed,
        StatusCodes.Status422UnprocessableEntity, StatusCodes.Status428PreconditionRequired,
    ];

    /// <summary>Records one refusal; a status that says nothing of a resource, such as 400, leaves no record.</summary>
    /// <param name="context">The request.</param>
    /// <param name="interaction">What was asked for.</param>
    /// <param name="type">Of which type.</param>
    /// <param name="id">Of which resource; one that cannot be an id is not recorded, it could be anything.</param>
    /// <param name="status">The answer's status.</param>
    public async Task RecordAsync(HttpContext context, string interaction, string type, string? id, int status)
    {
        if (!Recorded.Contains(status))
        {
            return;
        }

        var resource = ResourceId.IsValid(id) ? $"{type}/{id}" : type;
        var patient = type == "Patient" && resource != type ? resource : null;
        var record = new AuditRecord(AccessAudit.ActorOf(context), $"{interaction}{Mark}{status}", resource, patient, Results: 0);
        try
        {
            await audit.RecordAsync(record, patient is null && resource != type ? new AuditedResources([resource]) : AuditedResources.None, context.RequestAborted);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e))
        {
            LogNotRecorded(logger, interaction, status, e.GetType().Name);
        }
    }

    [LoggerMessage(4301, LogLevel.Warning, "A refused request ({Interaction}, {Status}) left no audit record: {Fault}")]
    private static partial void LogNotRecorded(ILogger logger, string interaction, int status, string fault);
}

/// <summary>Records the refusals of routes that say what they do.</summary>
internal sealed class RefusalAuditFilter(RefusalAudit refusals) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var http = context.HttpContext;
        if (result is IStatusCodeHttpResult { StatusCode: { } status and >= StatusCodes.Status400BadRequest }
            && http.GetEndpoint()?.Metadata.GetMetadata<RouteInteraction>() is { } interaction)
        {
            var type = http.Request.RouteValues["type"] as string ?? interaction.Type;
            if (FhirTypes.Find(type) is not null || type == interaction.Type)
            {
                await refusals.RecordAsync(http, interaction.Code, type, http.Request.RouteValues["id"] as string, status);
            }
        }

        return result;
    }
}
