using System.Security.Claims;
using EcgIntegration.Worker.Fhir;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Security;

/// <summary>Asks for a configured token on everything but the health checks; whose it is is who acts.</summary>
internal sealed class TokenMiddleware(RequestDelegate next, IOptions<SecurityOptions> options)
{
    private readonly Credentials? _credentials = ApiClients.Of(options.Value) is { Count: > 0 } clients ? new(clients) : null;

    public Task InvokeAsync(HttpContext context)
    {
        if (_credentials is null && Credentials.IsFromAnotherSite(context.Request))
        {
            return Refusal.AnswerAsync(
                context, FhirProblems.SiteForeign.At(HttpPlace.Of(HeaderNames.Origin)), "別のサイトからの要求です / Request from another site");
        }

        if (_credentials is null || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            return next(context);
        }

        if (_credentials.Find(context.Request) is var (name, scheme))
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], scheme));
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = Credentials.Challenges;
        return Refusal.AnswerAsync(
            context, FhirProblems.Unauthorized.At(HttpPlace.Of(HeaderNames.Authorization)), "認証が必要です / Authentication required");
    }
}
