using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Worker.Review;

/// <summary>What all pages share: one file each, no script, nothing from elsewhere.</summary>
internal static class PageShell
{
    private static readonly string Style = ReadStyle();

    /// <summary>Only the page's own style sheet, known by its hash, and nothing else at all.</summary>
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>A page as an answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="title">Title, in Japanese.</param>
    /// <param name="refreshSeconds">After how long the browser asks again; 0 for never.</param>
    /// <param name="body">What is between the notice and the footer.</param>
    public static IResult Page(HttpContext context, int status, string title, int refreshSeconds, Markup body)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        var page = Html.Of($"""
            <!doctype html>
            <html lang="ja">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            {(refreshSeconds > 0 ? Html.Of($"<meta http-equiv=\"refresh\" content=\"{refreshSeconds}\">") : Markup.None)}
            <title>{title}</title>
            <link rel="icon" href="data:,">
            <style>{new Markup(Style)}</style>
            </head>
            <body>
            {body}
            <footer>
            <nav aria-label="関連リンク">
            <a href="/">一覧<span class="en" lang="en">list</span></a>
            <a href="/health/ready">稼働状態<span class="en" lang="en">health</span></a>
            <a href="/metrics">メトリクス<span class="en" lang="en">metrics</span></a>
            <a href="/fhir/metadata">FHIR API<span class="en" lang="en">capability statement</span></a>
            </nav>
            </footer>
            </body>
            </html>
            """);
        return Results.Content(page.Text, "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    /// <summary>What must stand on every page.</summary>
    public static Markup Notice { get; } = Html.Of($"""
        <div class="notice" role="note"><p><strong>未承認・研究用。</strong>AIによる解析補助であり、診断ではありません。すべての心電図は医師が確認してください。
        <span class="en" lang="en">Not approved; for research. Decision support only: a physician reads every ECG.</span></p></div>
        """);

    private static string ReadStyle()
    {
        using var stream = typeof(PageShell).Assembly.GetManifestResourceStream("review.css")
            ?? throw new InvalidOperationException("review.css is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
