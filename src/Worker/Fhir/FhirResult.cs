using System.Buffers;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Terminology;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Answers in FHIR JSON. Patient data is never left in a cache.</summary>
internal static class FhirResult
{
    public const string ContentType = "application/fhir+json; charset=utf-8";

    /// <summary>One version of a resource, or 304 where the client has it already.</summary>
    public static IResult Resource(HttpContext context, StoredResource resource) => Resource(context, resource, resource.Json);

    /// <summary>A part of one version of a resource, or 304 where the client has it already.</summary>
    public static IResult Resource(HttpContext context, StoredResource version, ReadOnlyMemory<byte> json)
    {
        var tag = EntityTag(version.Version);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.LastModified = version.LastUpdated;
        return IsKnown(context.Request.GetTypedHeaders(), tag, version.LastUpdated)
            ? Bytes(context, StatusCodes.Status304NotModified, default)
            : Bytes(context, StatusCodes.Status200OK, json);
    }

    /// <summary>What is answered for a version that says that its resource was deleted.</summary>
    public static IResult Gone(HttpContext context, StoredResource version)
    {
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = EntityTag(version.Version);
        headers.LastModified = version.LastUpdated;
        return Problem(context, FhirProblems.Gone.At($"{version.Type}.id"));
    }

    /// <summary>The entity tag of a version: weak, since the same version is written in more than one way.</summary>
    public static EntityTagHeaderValue EntityTag(int version) =>
        new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"", isWeak: true);

    /// <summary>An OperationOutcome of one problem, with its status.</summary>
    public static IResult Problem(HttpContext context, FhirProblem problem) => Problems(context, [problem]);

    /// <summary>An OperationOutcome of one problem at least, with the status of the first.</summary>
    public static IResult Problems(HttpContext context, IReadOnlyList<FhirProblem> problems) =>
        Bytes(context, problems[0].Status, Write(writer => WriteOutcome(writer, problems, "error")));

    public static IResult Bytes(HttpContext context, int status, ReadOnlyMemory<byte> json)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new BytesResult(status, json);
    }

    /// <summary>
    /// The sentence in Japanese as the text of an issue, in both languages as its diagnostics, and its code for programs.
    /// </summary>
    public static void WriteOutcome(Utf8JsonWriter writer, IEnumerable<FhirProblem> problems, string severity)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "OperationOutcome");
        writer.WriteStartArray("issue");
        foreach (var problem in problems)
        {
            WriteIssue(writer, problem, severity);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ContractJson.Compact.Encoder }))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    private static void WriteIssue(Utf8JsonWriter writer, FhirProblem problem, string severity)
    {
        var reason = problem.Reason;
        writer.WriteStartObject();
        writer.WriteString("severity", severity);
        writer.WriteString("code", problem.IssueType);
        writer.WriteStartObject("details");
        writer.WriteStartArray("coding");
        writer.WriteStartObject();
        writer.WriteString("system", FhirUris.Problems);
        writer.WriteString("code", reason.Code);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("text", reason.Ja);
        writer.WriteEndObject();
        writer.WriteString("diagnostics", $"{reason.Ja} / {reason.En}");
        writer.WriteStartArray("expression");
        writer.WriteStringValue(problem.Expression);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A tag says more than a time: where the client sends both, the time does not count (RFC 9110, 13.1.3).</summary>
    private static bool IsKnown(RequestHeaders headers, EntityTagHeaderValue tag, DateTimeOffset lastUpdated)
    {
        var known = headers.IfNoneMatch;
        return known.Count > 0
            ? known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false))
            : headers.IfModifiedSince is { } since && lastUpdated.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }

    private sealed class BytesResult(int status, ReadOnlyMemory<byte> json) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => status;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            if (status == StatusCodes.Status304NotModified)
            {
                return;
            }

            httpContext.Response.ContentType = ContentType;
            httpContext.Response.ContentLength = json.Length;
            if (!HttpMethods.IsHead(httpContext.Request.Method))
            {
                await httpContext.Response.BodyWriter.WriteAsync(json, httpContext.RequestAborted);
            }
        }
    }
}
