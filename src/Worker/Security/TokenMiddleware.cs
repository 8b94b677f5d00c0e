using System.Security.Claims;
using EcgIntegration.Worker.Fhir;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Security;

/// <summary>Asks for the configured token on everything but the health checks.</summary>
internal sealed class TokenMiddleware(RequestDelegate next, IOptions<SecurityOptions> options)
{
    private readonly Credentials? _credentials = options.Value.Token is { Length: > 0 } token ? new(token) : null;

    public Task InvokeAsync(HttpContext context)
    {
        if (_credentials is null || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            return next(context);
        }

        if (_credentials.SchemeOf(context.Request) is { } scheme)
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "token")], scheme));
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
