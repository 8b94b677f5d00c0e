using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Answers in FHIR JSON. Patient data is never left in a cache.</summary>
internal static class FhirResult
{
    public const string ContentType = "application/fhir+json; charset=utf-8";

    /// <summary>One version of a resource, or 304 where the client has it already.</summary>
    public static IResult Resource(HttpContext context, StoredResource resource)
    {
        var tag = new EntityTagHeaderValue($"\"{resource.Version.ToString(CultureInfo.InvariantCulture)}\"", isWeak: true);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.LastModified = resource.LastUpdated;
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        return known.Any(k => k.Compare(tag, useStrongComparison: false))
            ? Bytes(context, StatusCodes.Status304NotModified, default)
            : Bytes(context, StatusCodes.Status200OK, resource.Json);
    }

    /// <summary>An OperationOutcome: the sentence in Japanese as its text, in English as diagnostics.</summary>
    public static IResult Problem(HttpContext context, FhirProblem problem) => Bytes(context, problem.Status, Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "OperationOutcome");
        WriteIssues(writer, problem, "error");
        writer.WriteEndObject();
    }));

    public static IResult Bytes(HttpContext context, int status, ReadOnlyMemory<byte> json)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new BytesResult(status, json);
    }

    public static void WriteIssues(Utf8JsonWriter writer, FhirProblem problem, string severity)
    {
        writer.WriteStartArray("issue");
        writer.WriteStartObject();
        writer.WriteString("severity", severity);
        writer.WriteString("code", problem.IssueType);
        writer.WriteStartObject("details");
        writer.WriteString("text", problem.Reason.Ja);
        writer.WriteEndObject();
        writer.WriteString("diagnostics", problem.Reason.En);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ContractJson.Compact.Encoder }))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    private sealed class BytesResult(int status, ReadOnlyMemory<byte> json) : IResult
    {
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
