using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Fhir.Reading;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Replay;

/// <summary>
/// Replays over HTTP, as far as the command line goes: <c>POST /fhir/$replay</c>, 202 with a Task to ask after, as the
/// asynchronous pattern of FHIR has it; a preview; and what stops, ends and tells of one at its Task.
/// </summary>
internal static class ReplayEndpoints
{
    private const string Job = "Task/{id:guid}";
    private const int First = 10;

    /// <summary>Maps it, and the Tasks of replays beside those that are stored.</summary>
    public static void MapReplay(this IEndpointRouteBuilder endpoints)
    {
        var fhir = endpoints.MapGroup(FhirPaths.Base).AddEndpointFilter<FhirFaultFilter>();
        Map("$replay", [HttpMethods.Post], SubmitAsync);
        Map("$replay-preview", [HttpMethods.Post], PreviewAsync);
        Map($"{Job}/$pause", [HttpMethods.Post], Change(ReplayState.Paused));
        Map($"{Job}/$resume", [HttpMethods.Post], Change(ReplayState.Running));
        Map($"{Job}/$cancel", [HttpMethods.Post], Change(ReplayState.Cancelled));
        Map($"{Job}/$result", FhirPaths.ReadMethods, ResultAsync);
        fhir.MapMethods(Job, FhirPaths.ReadMethods, ReadTaskAsync);

        // An operation takes its method and no other; without this the address would be looked for among the resources.
        void Map(string pattern, string[] methods, Delegate handler)
        {
            fhir.MapMethods(pattern, methods, handler);
            fhir.Map(pattern, (HttpContext context) =>
            {
                context.Response.Headers.Allow = string.Join(", ", methods);
                return FhirResult.Problem(
                    context,
                    ReplayProblems.Of(StatusCodes.Status405MethodNotAllowed, ReplayReasons.MethodUnsupported.At(null, string.Join(" / ", methods)), HttpPlace.Method));
            });
        }
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, ReplayRequests requests, ServerAddresses addresses)
    {
        var (values, problem) = await ReplayBody.ReadAsync(context, addresses.Of(FhirPaths.BaseUrl(context)));
        if (problem is not null)
        {
            return FhirResult.Problem(context, problem);
        }

        var answer = await requests.SubmitAsync(values, AccessAudit.ActorOf(context), Guid.NewGuid().ToString(), context.RequestAborted);
        if (answer.Job is not { } job)
        {
            var first = answer.Reasons[0];
            var status = first.Code == ReplayReasons.KeyReused.Code ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
            return FhirResult.Problem(context, ReplayProblems.Of(status, first, values));
        }

        context.Response.Headers.ContentLocation = UrlOf(context, $"Task/{job.Id}");
        return FhirResult.Bytes(context, StatusCodes.Status202Accepted, ReplayTask.Write(job));
    }

    /// <summary>The same body as for a replay; nothing of it is done, and what only a replay needs may be there or not.</summary>
    private static async Task<IResult> PreviewAsync(HttpContext context, ReplayModels models, IReplayJobs jobs, ServerAddresses addresses, AccessAudit audit)
    {
        var (values, problem) = await ReplayBody.ReadAsync(context, addresses.Of(FhirPaths.BaseUrl(context)));
        if (problem is not null)
        {
            return FhirResult.Problem(context, problem);
        }

        var reasons = ReplayParameters.TryReadSelection(values, ReplayWords.Parameters, out var selection);
        if (reasons.Count > 0)
        {
            return FhirResult.Problem(context, ReplayProblems.Of(StatusCodes.Status400BadRequest, reasons[0], values));
        }

        var (asked, unknown) = await models.ResolveLabelAsync(selection, jobs, ReplayWords.Parameters, context.RequestAborted);
        if (unknown is not null)
        {
            return FhirResult.Problem(context, ReplayProblems.Of(StatusCodes.Status400BadRequest, unknown, values));
        }

        ReplayPreview preview;
        try
        {
            preview = await jobs.PreviewAsync(asked, First, context.RequestAborted);
        }
        catch (ReplaySelectionSlowException)
        {
            return FhirResult.Problem(context, ReplayProblems.Of(StatusCodes.Status400BadRequest, ReplayReasons.SelectionSlow.At(null), ReplayProblems.Body));
        }

        await audit.RecordAsync(context, "replay-preview", $"Replay {asked.Describe()}", asked.Patient, preview.First.Count);
        return FhirResult.Bytes(context, StatusCodes.Status200OK, ReplayFigures.Write(preview));
    }

    private static Delegate Change(ReplayState state) => async (Guid id, HttpContext context, IReplayJobs jobs) =>
        await jobs.ChangeAsync(id, state, AccessAudit.ActorOf(context), context.RequestAborted) switch
        {
            null => FhirResult.Problem(context, FhirProblems.NotFound.At("Task.id")),
            { } job when job.State == state => FhirResult.Bytes(context, StatusCodes.Status200OK, ReplayTask.Write(job)),
            _ => FhirResult.Problem(context, ReplayProblems.Of(StatusCodes.Status409Conflict, ReplayReasons.Finished.At(null), "Task.status")),
        };

    private static async Task<IResult> ResultAsync(Guid id, HttpContext context, IReplayJobs jobs, AccessAudit audit)
    {
        if (!ReplayPage.TryRead(context.Request.Query, out var page, out var reason))
        {
            return FhirResult.Problem(context, ReplayProblems.Of(StatusCodes.Status400BadRequest, reason, HttpPlace.Url));
        }

        if (await jobs.FindAsync(id, context.RequestAborted) is null)
        {
            return FhirResult.Problem(context, FhirProblems.NotFound.At("Task.id"));
        }

        // One more than is shown tells whether there is a next page.
        var lines = await jobs.LinesAsync(id, !page.All, page.Count + 1, page.After, context.RequestAborted);
        IReadOnlyList<ReplayLine> shown = [.. lines.Take(page.Count)];
        await audit.RecordAsync(context, "replay-result", $"Replay/{id}", patient: null, shown.Count);
        var next = lines.Count > page.Count ? UrlOf(context, $"Task/{id}/$result{page.NextQuery(shown[^1].Place)}") : null;
        return FhirResult.Bytes(context, StatusCodes.Status200OK, ReplayFigures.Write(shown, next));
    }

    /// <summary>The Task of a replay; any other id is that of a stored Task.</summary>
    private static async Task<IResult> ReadTaskAsync(string id, HttpContext context, IReplayJobs jobs, IFhirStore store, AccessAudit audit) =>
        Guid.TryParseExact(id, "D", out var jobId) && await jobs.FindAsync(jobId, context.RequestAborted) is { } job
            ? FhirResult.Bytes(context, StatusCodes.Status200OK, ReplayTask.Write(job))
            : await ReadEndpoints.ReadAsync("Task", id, context, store, audit);

    private static string UrlOf(HttpContext context, string path) => $"{FhirPaths.BaseUrl(context)}/{path}";
}
