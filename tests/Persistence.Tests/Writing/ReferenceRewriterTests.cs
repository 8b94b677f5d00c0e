using System.Text;
using EcgIntegration.Persistence.Writing;

namespace EcgIntegration.Persistence.Tests.Writing;

public sealed class ReferenceRewriterTests
{
    private const string Temporary = "urn:uuid:7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10";

    [Theory]
    [InlineData("""{"subject":{"reference":"TEMP"}}""", """{"subject":{"reference":"Patient/1"}}""")]
    [InlineData("""{"extension":[{"valueReference":{"reference":"TEMP"}},{"valueUri":"TEMP"},{"valueUrl":"TEMP"},{"valueUuid":"TEMP"}]}""", """{"extension":[{"valueReference":{"reference":"Patient/1"}},{"valueUri":"Patient/1"},{"valueUrl":"Patient/1"},{"valueUuid":"Patient/1"}]}""")]
    [InlineData("""{"identifier":[{"system":"urn:ietf:rfc3986","value":"TEMP"}],"note":"TEMP"}""", """{"identifier":[{"system":"urn:ietf:rfc3986","value":"TEMP"}],"note":"TEMP"}""")]
    [InlineData("""{"text":{"div":"<div><a href=\"TEMP\">TEMP</a><img src=\"#x\"/></div>"}}""", """{"text":{"div":"<div><a href=\"Patient/1\">TEMP</a><img src=\"#x\"/></div>"}}""")]
    [InlineData("""{"v":[1.10,1e3,-0,1E-7,12345678901234567890.50],"s":"\u65e5本","b":true,"n":null}""", """{"v":[1.10,1e3,-0,1E-7,12345678901234567890.50],"s":"\u65e5本","b":true,"n":null}""")]
    public void References_are_replaced_and_everything_else_stays_byte_for_byte(string before, string after)
    {
        var rewriter = new ReferenceRewriter(text => text == Temporary ? "Patient/1" : null);
        var rewritten = rewriter.Rewrite(Encoding.UTF8.GetBytes(before.Replace("TEMP", Temporary, StringComparison.Ordinal)));

        Assert.Equal(after.Replace("TEMP", Temporary, StringComparison.Ordinal), Encoding.UTF8.GetString(rewritten.Span));
    }
}
