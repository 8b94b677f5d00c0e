using System.Globalization;
using EcgIntegration.Contracts;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>The answer to a single write.</summary>
internal static class WriteAnswer
{
    /// <summary>What is told where all went well; no problem at all.</summary>
    public static ProblemDefinition Stored { get; } = new(StatusCodes.Status200OK, "informational", new ReasonDefinition(
        "fhir-stored", "The resource is stored.", "リソースを保存しました。"));

    /// <summary>Writes it.</summary>
    public static async Task<IResult> OfAsync(HttpContext context, WriteOutcome outcome, ResourceWrites writes)
    {
        Link(context, outcome);
        if (outcome.Result == WriteResult.Deleted)
        {
            return Results.StatusCode(StatusCodes.Status204NoContent);
        }

        var stored = await writes.ReadAsync(outcome, context.RequestAborted);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = FhirResult.EntityTag(stored.Version);
        headers.LastModified = stored.LastUpdated;
        var status = StatusCodes.Status200OK;
        if (outcome.Result == WriteResult.Created)
        {
            status = StatusCodes.Status201Created;
            context.Response.Headers.Location = $"{FhirPaths.BaseUrl(context)}/{PathOf(outcome)}";
        }

        return ReturnPreferences.Of(context.Request) switch
        {
            ReturnPreference.Minimal => Results.StatusCode(status),
            ReturnPreference.OperationOutcome =>
                FhirResult.Bytes(context, status, FhirResult.Write(writer => FhirResult.WriteOutcome(writer, [Stored.At(outcome.Type)], "information"))),
            _ => FhirResult.Bytes(context, status, stored.Json),
        };
    }

    /// <summary>Where the version lies, from the base on.</summary>
    public static string PathOf(WriteOutcome outcome) =>
        string.Create(CultureInfo.InvariantCulture, $"{outcome.Type}/{outcome.Id}/_history/{outcome.Version}");

    /// <summary>Where the event can be asked after under which an ECG is triaged.</summary>
    public static string? EventPath(HttpContext context, WriteOutcome outcome) =>
        outcome.EventId is { } eventId ? $"{context.Request.PathBase}/events/{eventId}" : null;

    /// <summary>Names the event in the header.</summary>
    public static void Link(HttpContext context, WriteOutcome outcome)
    {
        if (EventPath(context, outcome) is { } path)
        {
            context.Response.Headers.Append(HeaderNames.Link, $"<{path}>; rel=\"related\"");
        }
    }
}
