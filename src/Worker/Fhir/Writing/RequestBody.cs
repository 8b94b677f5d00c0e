using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>Reads bodies. A type that a page of another site could send without asking is not among those taken.</summary>
internal static class RequestBody
{
    /// <summary>Deepest nesting taken; a contained resource in an Observation needs about a dozen.</summary>
    public const int MaximumDepth = 64;

    private const string Version = "fhirVersion";

    private static readonly string[] JsonTypes = ["application/fhir+json", "application/json"];

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = MaximumDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a body as JSON.</summary>
    /// <param name="context">The request.</param>
    /// <param name="most">Most bytes.</param>
    /// <returns>The bytes as they came, but for a byte order mark.</returns>
    /// <exception cref="WriteRefusedException">It is of another type, or too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int most)
    {
        var request = context.Request;
        if (!IsJson(request.GetTypedHeaders().ContentType))
        {
            throw new WriteRefusedException(WriteProblems.ContentTypeUnsupported.At("http.Content-Type"));
        }

        var isTooLarge = request.ContentLength > most;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // A client that sends all of it before it reads the answer would find the connection closed instead of the answer.
            size.MaxRequestBodySize = isTooLarge ? 2L * most : most;
        }

        if (isTooLarge)
        {
            throw new WriteRefusedException(FhirProblems.BodyTooLarge);
        }

        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        try
        {
            await request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new WriteRefusedException(FhirProblems.BodyTooLarge);
        }

        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        return bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    /// <summary>The JSON object of a resource.</summary>
    /// <exception cref="WriteRefusedException">It is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var document = JsonDocument.Parse(body, Json);
            if (document.RootElement.ValueKind == JsonValueKind.Object && TypeOf(document.RootElement) is not null)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Its message quotes the input: it goes no further.
        }
        catch (InvalidOperationException)
        {
            throw new WriteRefusedException(WriteProblems.NotText);
        }

        throw new WriteRefusedException(WriteProblems.NotJson.At(null, MaximumDepth));
    }

    /// <summary>The <c>resourceType</c>, or <see langword="null"/>.</summary>
    public static string? TypeOf(JsonElement resource) => Text(resource, "resourceType");

    /// <summary>A member that is a text, or <see langword="null"/>.</summary>
    /// <exception cref="WriteRefusedException">It is no Unicode.</exception>
    public static string? Text(JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw new WriteRefusedException(WriteProblems.NotText);
        }
    }

    private static bool IsJson(MediaTypeHeaderValue? type) =>
        type is not null
        && JsonTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && type.Parameters.Where(parameter => parameter.Name.Equals(Version, StringComparison.OrdinalIgnoreCase))
            .All(parameter => parameter.GetUnescapedValue().Value is { } version
                && (version == "4.0" || version.StartsWith("4.0.", StringComparison.Ordinal)));
}
