using EcgIntegration.Worker.Fhir;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Security;

/// <summary>
/// Takes no other host than loopback's while no token is configured: a page of another site could reach the worker through the
/// user's browser under a name that resolves to loopback, and such a request carries that name. The framework's own filtering
/// does the same, and answers with HTML.
/// </summary>
internal sealed class HostMiddleware(RequestDelegate next, IOptions<SecurityOptions> options)
{
    private static readonly StringSegment[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly bool _takesAny = ApiClients.Of(options.Value).Count > 0;

    public Task InvokeAsync(HttpContext context) => _takesAny || IsLoopback(context.Request.Headers.Host)
        ? next(context)
        : Refusal.AnswerAsync(context, FhirProblems.HostUnknown.At(HttpPlace.Of(HeaderNames.Host)), "未知のホストです / Unknown host");

    /// <summary>No browser sends none.</summary>
    private static bool IsLoopback(StringValues host) => StringValues.IsNullOrEmpty(host) || HostString.MatchesAny(host.ToString(), Loopback);
}
