using System.Security.Claims;
using EcgIntegration.Worker.Fhir;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Security;

/// <summary>Asks for a configured token on everything but the health checks; whose it is is who acts.</summary>
internal sealed class TokenMiddleware(RequestDelegate next, IOptions<SecurityOptions> options)
{
    private readonly Credentials? _credentials = ApiClients.Of(options.Value) is { Count: > 0 } clients ? new(clients) : null;

    public Task InvokeAsync(HttpContext context)
    {
        if (_credentials is null && Credentials.IsFromAnotherSite(context.Request))
        {
            return Results.Problem(
                title: "別のサイトからの要求です / Request from another site",
                detail: "A page of another site may change nothing here: send the request from a program, or from a page of this address.",
                statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
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
        var isFhir = context.Request.Path.StartsWithSegments(FhirPaths.Base, StringComparison.Ordinal);
        return (isFhir ? FhirResult.Problem(context, FhirProblems.Unauthorized) : Problem()).ExecuteAsync(context);
    }

    private static IResult Problem() => Results.Problem(
        title: "認証が必要です / Authentication required",
        detail: "Send the header Authorization: Bearer <token>. In a browser enter any user name, and the token as the password.",
        statusCode: StatusCodes.Status401Unauthorized);
}
