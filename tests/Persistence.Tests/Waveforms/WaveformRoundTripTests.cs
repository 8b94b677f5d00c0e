using System.Text;
using System.Text.Json;
using CsCheck;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Waveforms;

namespace EcgIntegration.Persistence.Tests.Waveforms;

public sealed class WaveformRoundTripTests
{
    private static readonly ResourceIdentity Identity = new("Observation", "ecg-1", 3, Ecgs.At);

    [Fact]
    public void Content_holds_no_samples_and_the_render_has_them_digit_for_digit()
    {
        const string data = "2041 -12 0 007 -0 1.50 E L U +3";
        using var split = WaveformSplitter.Split(Ecgs.Utf8(Ecgs.Observation(data: data)));

        Assert.DoesNotContain("data", Text(split.Content), StringComparison.Ordinal);
        Assert.DoesNotContain("2041", Text(split.Content), StringComparison.Ordinal);
        using var whole = JsonDocument.Parse(Render(split));
        Assert.Equal(data, Data(whole.RootElement.GetProperty("component")[0]));
    }

    [Theory]
    [InlineData("""{"valueSampledData":{"data":"1 2"}}""")]
    [InlineData("""{"component":[{"valueSampledData":{"data":"1 2"}},{"a":1},{"valueSampledData":{"data":"3"}}]}""")]
    [InlineData("""{"extension":[{"extension":[{"valueSampledData":{"x":{"data":"stays"},"data":"5 6 7"}}]}],"data":"stays"}""")]
    [InlineData("""{"a.b":{"valueSampledData":{"data":"1"}},"a":{"b":{"valueSampledData":{"data":"2"}}}}""")]
    [InlineData("""{"valueSampledData":{"data":""},"x":[[],[[{"valueSampledData":{"data":"\u0031 2"}}]]]}""")]
    [InlineData("""{"n":[1.10,1e3,-0,-0.0,1.50E-2,0.00,123456789012345678901234567890.1234567890]}""")]
    [InlineData("""{"ja":"洞調律\n\"引用\"\ud83d\ude00","名":true,"z":null,"e":"\u00e9"}""")]
    public void Any_place_and_any_number_come_back(string body)
    {
        using var split = WaveformSplitter.Split(Ecgs.Utf8(body));
        var rendered = Text(Render(split));
        Assert.Equal(
            """{"resourceType":"Observation","id":"ecg-1","meta":{"versionId":"3","lastUpdated":"2026-04-01T00:00:00.000000Z"},""" + body[1..],
            rendered);
    }

    [Fact]
    public void The_store_s_own_id_and_version_replace_those_sent()
    {
        using var split = WaveformSplitter.Split(Ecgs.Utf8(Ecgs.Observation(id: "sent")));
        using var whole = JsonDocument.Parse(Render(split));
        var meta = whole.RootElement.GetProperty("meta");
        Assert.Equal("ecg-1", whole.RootElement.GetProperty("id").GetString());
        Assert.Equal("3", meta.GetProperty("versionId").GetString());
        Assert.Equal("http://example.org/ecg", meta.GetProperty("profile")[0].GetString());
    }

    [Fact]
    public void Sample_texts_of_every_form_come_back_unchanged() =>
        Gen.OneOf(
                Gen.Int[-40_000, 40_000].Array[0, 300].Select(values => string.Join(' ', values)),
                Gen.Int.Array[1, 20].Select(values => string.Join(' ', values)),
                Gen.Double[-5, 5].Array[1, 50].Select(values => string.Join(' ', values.Select(v => v.ToString("F3")))),
                Gen.OneOf("E", "L", "U", "0", "-0", "00", "12", "-7", "1.0", "+1", "", "999999999", "1234567890123").Array[0, 30]
                    .Select(tokens => string.Join(' ', tokens)),
                Gen.String[Gen.Char[' ', '~'], 0, 40])
            .Array[1, 12]
            .Sample(texts =>
            {
                var body = JsonSerializer.Serialize(new { component = texts.Select(text => new { valueSampledData = new { data = text } }) });
                using var split = WaveformSplitter.Split(Ecgs.Utf8(body));
                using var compressed = TokenCompression.Compress(split.Tokens.Span);
                using var tokens = TokenCompression.Decompress(compressed.Written.Span, split.Tokens.Length);
                using var target = new PooledBuffer(0);
                ResourceRenderer.Render(split.Content, tokens.Written, Identity, target);
                using var whole = JsonDocument.Parse(target.Written);
                Assert.Equal(texts, whole.RootElement.GetProperty("component").EnumerateArray().Select(Data));
            });

    [Fact]
    public void The_hash_says_whether_content_or_samples_differ()
    {
        static string HashOf(string json)
        {
            using var split = WaveformSplitter.Split(Ecgs.Utf8(json));
            return Convert.ToHexString(split.Hash(split.TokensHash()));
        }

        var first = HashOf(Ecgs.Observation());
        Assert.Equal(first, HashOf(Ecgs.Observation(id: "other").Replace("\"77\"", "\"78\"", StringComparison.Ordinal)));
        Assert.NotEqual(first, HashOf(Ecgs.Observation(data: "1 -2 3 E 0.5")));
        Assert.NotEqual(first, HashOf(Ecgs.Observation(status: "amended")));
    }

    [Theory]
    [InlineData("""{"a":"x\u0000y"}""", "text-null-character")]
    [InlineData("""{"x\u0000y":1}""", "text-null-character")]
    [InlineData("""{"a":"\ud800"}""", "text-not-unicode")]
    [InlineData("""{"a":1e101}""", "number-out-of-range")]
    [InlineData("""{"a":-1E+99999999999999999999}""", "number-out-of-range")]
    [InlineData("""[1]""", "not-a-resource")]
    [InlineData("""{"a":1""", "not-a-resource")]
    [InlineData("""{"a":1} {}""", "not-a-resource")]
    [InlineData("", "not-a-resource")]
    [InlineData("""{"valueSampledData":{"data":"1","data":"2"}}""", "not-a-resource")]
    [InlineData("""{"a\u001fb":1}""", "not-a-resource")]
    public void What_the_database_cannot_hold_is_refused_with_its_reason(string json, string code)
    {
        var refused = Assert.Throws<UnstorableContentException>(() => WaveformSplitter.Split(Ecgs.Utf8(json)));
        Assert.Equal(code, refused.Reason.Code);
        Assert.Equal(refused.Reason.En, refused.Message);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_and_depth_without_end_are_refused()
    {
        var invalid = Assert.Throws<UnstorableContentException>(() => WaveformSplitter.Split(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }));
        Assert.Equal("text-not-unicode", invalid.Reason.Code);
        var deep = Encoding.ASCII.GetBytes("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}");
        Assert.Equal("not-a-resource", Assert.Throws<UnstorableContentException>(() => WaveformSplitter.Split(deep)).Reason.Code);
    }

    [Fact]
    public void Damaged_tokens_are_found_and_not_shown()
    {
        using var split = WaveformSplitter.Split(Ecgs.Utf8(Ecgs.Observation()));
        using var compressed = TokenCompression.Compress(split.Tokens.Span);
        Assert.Throws<InvalidDataException>(() => TokenCompression.Decompress(compressed.Written.Span, split.Tokens.Length + 1));
        Assert.Throws<InvalidDataException>(() => TokenCompression.Decompress(compressed.Written.Span[..^1], split.Tokens.Length));
        Assert.Throws<InvalidDataException>(() => VerbatimTokens.Read(split.Tokens[..^1]));
    }

    private static byte[] Render(SplitResource split)
    {
        using var target = new PooledBuffer(0);
        ResourceRenderer.Render(split.Content, split.Tokens, Identity, target);
        return target.Written.ToArray();
    }

    private static string? Data(JsonElement component) => component.GetProperty("valueSampledData").GetProperty("data").GetString();

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
