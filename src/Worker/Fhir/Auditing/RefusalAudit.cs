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
    /// <summary>Of a transaction, or a batch, as a whole.</summary>
    public const string Bundle = "Bundle";

    /// <summary>Between what was asked for and the status of the refusal, in a record's action.</summary>
    private const string Mark = ": ";

    private static readonly int[] Recorded =
    [
        StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed,
        StatusCodes.Status422UnprocessableEntity, StatusCodes.Status428PreconditionRequired,
    ];

    /// <summary>What a record's action says was asked for, and the status of its refusal; <see langword="null"/> where it was done.</summary>
    public static (string Interaction, string? Status) Parse(string action) =>
        action.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var mark ? (action[..mark], action[(mark + Mark.Length)..]) : (action, null);

    /// <summary>Records one refusal; a status that says nothing of a resource, such as 400, and a type that there is not leave no record.</summary>
    /// <param name="context">The request.</param>
    /// <param name="interaction">What was asked for.</param>
    /// <param name="type">Of which type.</param>
    /// <param name="id">Of which resource; one that cannot be an id is not recorded, it could be anything.</param>
    /// <param name="status">The answer's status.</param>
    public async Task RecordAsync(HttpContext context, string interaction, string type, string? id, int status)
    {
        if (!Recorded.Contains(status) || (type != Bundle && FhirTypes.Find(type) is null))
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
