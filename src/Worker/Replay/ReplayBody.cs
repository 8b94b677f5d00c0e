using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.FhirModel;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Replay;

/// <summary>The body of a request for a replay.</summary>
internal static class ReplayBody
{
    private const int LargestBody = 64 * 1024;
    private const int Kilobyte = 1024;

    private static readonly string[] JsonTypes = ["application/json", "application/fhir+json"];

    /// <summary>Its parameters, or why it is none.</summary>
    public static async Task<(IReadOnlyList<KeyValuePair<string, string>> Values, FhirProblem? Problem)> ReadAsync(HttpContext context, ServerBase server)
    {
        // A browser sends these types to another site only after asking that site, which does not allow it.
        var type = context.Request.GetTypedHeaders().ContentType?.MediaType.Value;
        if (!JsonTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            return ([], ReplayProblems.Of(StatusCodes.Status415UnsupportedMediaType, ReplayReasons.BodyTypeUnsupported.At(null), HttpPlace.Of(HeaderNames.ContentType)));
        }

        if (await ReadBytesAsync(context) is not { } body)
        {
            return ([], ReplayProblems.Of(StatusCodes.Status413PayloadTooLarge, ReplayReasons.BodyTooLarge.At(null, LargestBody / Kilobyte), ReplayProblems.Body));
        }

        return ReplayMessages.TryReadParameters(body, server, out var values, out var reason)
            ? (values, null)
            : ([], ReplayProblems.Of(StatusCodes.Status400BadRequest, reason, ReplayProblems.Body));
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpContext context)
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
}
