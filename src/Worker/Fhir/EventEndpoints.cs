using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Worker.Fhir;

/// <summary><c>GET /events/{eventId}</c>: what became of an event.</summary>
internal static class EventEndpoints
{
    private const string ContentType = "application/json; charset=utf-8";

    /// <summary>Maps it.</summary>
    public static IEndpointConventionBuilder MapEvents(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods("/events/{eventId}", [HttpMethods.Get, HttpMethods.Head], FindAsync).AddEndpointFilter(ExplainFaultAsync);

    private static async Task<IResult> FindAsync(string eventId, HttpContext context, IStudyLedger ledger)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!Guid.TryParseExact(eventId, "D", out var id))
        {
            return Json(FhirProblems.EventIdInvalid);
        }

        if (await ledger.FindAsync(id, context.RequestAborted) is not { } entry)
        {
            return Json(FhirProblems.EventUnknown);
        }

        var later = LaterStudyOf(entry) is { } study ? await ledger.FindByStudyAsync(study, context.RequestAborted) : null;
        return Json(EventState.From(entry, later), StatusCodes.Status200OK);
    }

    /// <summary>The study whose result an ECG has after its event had failed: the outcome of the event stands, but the result is there.</summary>
    private static Guid? LaterStudyOf(LedgerEntry entry) => entry switch
    {
        { Status: not StudyStatus.Failed } => null,
        { SupersededBy: { } next } => next,
        { StudyState: StudyStatus.Classified or StudyStatus.Uncertain or StudyStatus.Unanalysable } => entry.StudyId,
        _ => null,
    };

    private static async ValueTask<object?> ExplainFaultAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e) && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            context.HttpContext.Response.Headers.RetryAfter = "5";
            return Json(FhirProblems.Unavailable);
        }
    }

    private static IResult Json(ProblemDefinition problem) => Json(problem.Definition.At(null), problem.Status);

    private static IResult Json<T>(T value, int status) => Results.Text(JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Compact), ContentType, status);

    /// <summary>The answer; identifiers, codes and fixed terms only.</summary>
    private sealed record EventState(
        Guid EventId,
        Guid? StudyId,
        StudyStatus Status,
        Urgency? Urgency,
        string? Observation,
        string? Report,
        IReadOnlyList<Reason> Reasons,
        DateTimeOffset ReceivedAt,
        DateTimeOffset? FinishedAt,
        int Attempts,
        IReadOnlyList<LedgerSuggestion> Suggestions,
        Guid? SupersededBy)
    {
        public static EventState From(LedgerEntry entry, LedgerEntry? later) => new(
            entry.EventId, entry.StudyId, entry.Status, entry.Urgency, entry.Observation, entry.Report ?? later?.Report, entry.Reasons,
            entry.ReceivedAt, entry.FinishedAt, entry.Attempts, entry.Suggestions, later?.StudyId ?? entry.SupersededBy);
    }
}
