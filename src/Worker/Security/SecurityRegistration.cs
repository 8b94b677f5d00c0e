using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Security;

internal static class SecurityRegistration
{
    public static WebApplicationBuilder AddSecurity(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(SecurityOptions.Section);
        builder.Services.Configure<SecurityOptions>(section);
        builder.Services.AddOptions<HttpOptions>().Bind(builder.Configuration.GetSection(HttpOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<HttpOptions>, HttpOptionsValidator>();
        var security = section.Get<SecurityOptions>() ?? new SecurityOptions();
        builder.WebHost.UseUrls(ListenAddresses.Resolve(builder.Configuration, security));

        return builder;
    }

    public static WebApplication UseSecurity(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-store";
            return next(context);
        });
        app.UseMiddleware<HostMiddleware>();
        app.UseMiddleware<PublicAddressMiddleware>();
        app.UseMiddleware<TokenMiddleware>();
        return app;
    }
}
