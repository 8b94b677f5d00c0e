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
            return Json(FhirProblems.EventIdInvalid.Reason, FhirProblems.EventIdInvalid.Status);
        }

        return await ledger.FindAsync(id, context.RequestAborted) is { } entry
            ? Json(EventState.From(entry), StatusCodes.Status200OK)
            : Json(FhirProblems.EventUnknown.Reason, FhirProblems.EventUnknown.Status);
    }

    private static async ValueTask<object?> ExplainFaultAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e) && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            context.HttpContext.Response.Headers.RetryAfter = "5";
            return Json(FhirProblems.Unavailable.Reason, FhirProblems.Unavailable.Status);
        }
    }

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
        IReadOnlyList<LedgerSuggestion> Suggestions)
    {
        public static EventState From(LedgerEntry entry) => new(
            entry.EventId, entry.StudyId, entry.Status, entry.Urgency, entry.Observation, entry.Report, entry.Reasons,
            entry.ReceivedAt, entry.FinishedAt, entry.Attempts, entry.Suggestions);
    }
}
