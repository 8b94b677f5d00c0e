using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Security;

/// <summary>Section <c>Http</c>, but for the addresses to listen on.</summary>
internal sealed class HttpOptions
{
    public const string Section = "Http";

    /// <summary>
    /// The server as clients know it, such as <c>https://ecg.example.jp</c>: what links and references are made of. Without it they are
    /// made of what each request was sent to.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary><see cref="PublicUrl"/> as an address.</summary>
    public Uri? PublicAddress => PublicUrl is null ? null : new Uri(PublicUrl, UriKind.Absolute);
}

/// <summary>One sentence where the public address cannot be one.</summary>
internal sealed class HttpOptionsValidator : IValidateOptions<HttpOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpOptions options) => options.PublicUrl is null || IsRoot(options.PublicUrl)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            "Http:PublicUrl must be the address of the whole server, http or https and without a path, such as https://ecg.example.jp: /fhir lies below it.");

    private static bool IsRoot(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Host.Length > 0 && address.UserInfo.Length == 0 && address.PathAndQuery == "/" && address.Fragment.Length == 0
        && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '\\' or '?' or '#');
}
