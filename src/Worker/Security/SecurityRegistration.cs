using Microsoft.AspNetCore.HostFiltering;

namespace EcgIntegration.Worker.Security;

internal static class SecurityRegistration
{
    public static WebApplicationBuilder AddSecurity(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(SecurityOptions.Section);
        builder.Services.Configure<SecurityOptions>(section);
        var security = section.Get<SecurityOptions>() ?? new SecurityOptions();
        builder.WebHost.UseUrls(ListenAddresses.Resolve(builder.Configuration, security));

        // Without a token a page of another site could reach the worker through the user's browser under a name that
        // resolves to loopback: such a request carries that name as its host.
        if (ApiClients.Of(security).Count == 0)
        {
            builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        }

        return builder;
    }

    public static WebApplication UseSecurity(this WebApplication app)
    {
        app.UseHostFiltering();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-store";
            return next(context);
        });
        app.UseMiddleware<TokenMiddleware>();
        return app;
    }
}
