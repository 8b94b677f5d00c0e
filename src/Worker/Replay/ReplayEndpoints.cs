using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Fhir.Reading;
using Microsoft.AspNetCore.Http.Features;

namespace EcgIntegration.Worker.Replay;

/// <summary><c>POST /fhir/$replay</c>: 202 with a Task to ask after, as the asynchronous pattern of FHIR has it.</summary>
internal static class ReplayEndpoints
{
    private const int LargestBody = 64 * 1024;

    private static readonly string[] JsonTypes = ["application/json", "application/fhir+json"];

    /// <summary>Maps it, and the Tasks of replays beside those that are stored.</summary>
    public static void MapReplay(this IEndpointRouteBuilder endpoints)
    {
        var fhir = endpoints.MapGroup(FhirPaths.Base).AddEndpointFilter<FhirFaultFilter>();
        fhir.MapPost("$replay", SubmitAsync);
        fhir.MapMethods("Task/{id:guid}", FhirPaths.ReadMethods, ReadTaskAsync);
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, ReplayRequests requests)
    {
        // A browser sends these types to another site only after asking that site, which does not allow it.
        var type = context.Request.GetTypedHeaders().ContentType?.MediaType.Value;
        if (!JsonTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            return FhirResult.Problem(context, Problem(StatusCodes.Status415UnsupportedMediaType, ReplayReasons.BodyInvalid.At(null)));
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            return FhirResult.Problem(context, Problem(StatusCodes.Status413PayloadTooLarge, ReplayReasons.BodyInvalid.At(null)));
        }

        if (!ReplayMessages.TryReadParameters(body, out var values, out var reason))
        {
            return FhirResult.Problem(context, Problem(StatusCodes.Status400BadRequest, reason));
        }

        var answer = await requests.SubmitAsync(values, AccessAudit.ActorOf(context), Guid.NewGuid().ToString(), context.RequestAborted);
        if (answer.Job is not { } job)
        {
            var first = answer.Reasons[0];
            var status = first.Code == ReplayReasons.KeyReused.Code ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
            return FhirResult.Problem(context, Problem(status, first));
        }

        var url = $"{FhirPaths.BaseUrl(context)}/Task/{job.Id}";
        context.Response.Headers.ContentLocation = url;
        return FhirResult.Bytes(context, StatusCodes.Status202Accepted, ReplayTask.Write(job));
    }

    /// <summary>The Task of a replay; any other id is that of a stored Task.</summary>
    private static async Task<IResult> ReadTaskAsync(string id, HttpContext context, IReplayJobs jobs, IFhirStore store, AccessAudit audit) =>
        Guid.TryParseExact(id, "D", out var jobId) && await jobs.FindAsync(jobId, context.RequestAborted) is { } job
            ? FhirResult.Bytes(context, StatusCodes.Status200OK, ReplayTask.Write(job))
            : await ReadEndpoints.ReadAsync("Task", id, context, store, audit);

    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody;
        }

        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        return body.ToArray();
    }

    private static FhirProblem Problem(int status, Reason reason) =>
        new(status, "value", new ReasonDefinition(reason.Code, Literal(reason.En), Literal(reason.Ja)));

    /// <summary>The sentence is made already, and a brace in it is no placeholder.</summary>
    private static string Literal(string sentence) =>
        sentence.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
}
