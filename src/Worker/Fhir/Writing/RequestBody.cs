using System.Text.Json;
using System.Text.Unicode;
using EcgIntegration.Worker.Fhir.Writing.Validation;
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
    /// <param name="type">The resource type that is expected, which is the place of what is wrong with the whole.</param>
    /// <param name="most">Most bytes.</param>
    /// <returns>The bytes as they came, but for a byte order mark.</returns>
    /// <exception cref="WriteRefusedException">It is of another type, or too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, string type, int most)
    {
        var request = context.Request;
        if (!IsJson(request.GetTypedHeaders().ContentType))
        {
            throw new WriteRefusedException(WriteProblems.ContentTypeUnsupported.At(HttpPlace.Of(HeaderNames.ContentType)));
        }

        var isTooLarge = request.ContentLength > most;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // A client that sends all of it before it reads the answer would find the connection closed instead of the answer.
            size.MaxRequestBodySize = isTooLarge ? 2L * most : most;
        }

        if (isTooLarge)
        {
            throw new WriteRefusedException(FhirProblems.BodyTooLarge.At(type));
        }

        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        try
        {
            await request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new WriteRefusedException(FhirProblems.BodyTooLarge.At(type));
        }

        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        return bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    /// <summary>The JSON object of a resource.</summary>
    /// <param name="body">What was sent.</param>
    /// <param name="type">The resource type that is expected.</param>
    /// <exception cref="WriteRefusedException">It is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, string type)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new WriteRefusedException(JsonFault.Find(body.Span, type, default) ?? WriteProblems.NotResource.At(type));
        }

        if (TypeOf(document.RootElement, type) is null)
        {
            document.Dispose();
            throw new WriteRefusedException(WriteProblems.NotResource.At(type));
        }

        return document;
    }

    /// <summary>Refuses a resource with a text that is no Unicode, or holds what PostgreSQL has no place for.</summary>
    /// <param name="json">The resource, UTF-8.</param>
    /// <param name="type">Its type.</param>
    /// <param name="place">Where it stands in the request.</param>
    /// <exception cref="WriteRefusedException">It has one.</exception>
    public static void RequireText(ReadOnlySpan<byte> json, string type, ElementPlace place)
    {
        if ((json.IndexOf("\\u"u8) >= 0 || !Utf8.IsValid(json)) && JsonFault.Find(json, type, place) is { } problem)
        {
            throw new WriteRefusedException(problem);
        }
    }

    /// <summary>The <c>resourceType</c>, or <see langword="null"/>.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="place">Where it stands.</param>
    /// <exception cref="WriteRefusedException">It is no Unicode.</exception>
    public static string? TypeOf(JsonElement resource, string place) => Text(resource, "resourceType", place);

    /// <summary>A member that is a text, or <see langword="null"/>.</summary>
    /// <param name="element">The element it is a member of.</param>
    /// <param name="name">Its name.</param>
    /// <param name="place">Where the element stands.</param>
    /// <exception cref="WriteRefusedException">It is no Unicode.</exception>
    public static string? Text(JsonElement element, string name, string place)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw new WriteRefusedException(WriteProblems.NotText.At(name == "resourceType" ? place : $"{place}.{name}"));
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
