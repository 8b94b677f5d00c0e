using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Security;

/// <summary>Asks for the configured bearer token on everything but the health checks.</summary>
internal sealed class BearerTokenMiddleware(RequestDelegate next, IOptions<SecurityOptions> options)
{
    private const string Scheme = "Bearer ";
    private readonly byte[]? _expected = options.Value.Token is { Length: > 0 } token ? Hash(token) : null;

    public Task InvokeAsync(HttpContext context)
    {
        if (_expected is null || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            return next(context);
        }

        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(header[Scheme.Length..]), _expected))
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "token")], "Bearer"));
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem(
            title: "認証が必要です / Authentication required",
            detail: "Send the header Authorization: Bearer <token>.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }

    /// <summary>Equal lengths, so that the comparison says nothing about the token's.</summary>
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
