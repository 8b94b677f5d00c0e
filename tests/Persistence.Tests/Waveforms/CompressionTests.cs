using System.Globalization;
using System.Text;
using System.Text.Json;
using EcgIntegration.Persistence.Waveforms;
using EcgIntegration.TestKit;

namespace EcgIntegration.Persistence.Tests.Waveforms;

/// <summary>The figures of docs/adr/0006, over the ECGs in <c>samples/</c>.</summary>
public sealed class CompressionTests
{
    [Fact]
    public void Differences_nearly_halve_what_a_compressor_leaves_of_the_text()
    {
        var (text, compressed, stored) = (0.0, 0.0, 0.0);
        foreach (var sample in Repository.Samples.Select(File.ReadAllBytes))
        {
            var data = SampleTexts(sample);
            using var alone = TokenCompression.Compress(data);
            using var split = WaveformSplitter.Split(sample);
            using var differences = TokenCompression.Compress(split.Tokens.Span);
            text += data.Length;
            compressed += alone.Written.Length;
            stored += differences.Written.Length;
        }

        var count = Repository.Samples.Count;
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"{count} ECGs in `samples/`: {text / count / 1000:F0} kB of sample text each; Brotli leaves {compressed / count / 1000:F0} kB of the text and {stored / count / 1000:F0} kB of the differences");
        Assert.True(stored < 0.6 * compressed, figures);
        Assert.Contains(figures, Flat(File.ReadAllText(Repository.File("docs", "adr", "0006-what-jsonb-does-not-keep.md"))), StringComparison.Ordinal);
    }

    private static byte[] SampleTexts(byte[] resource)
    {
        using var document = JsonDocument.Parse(resource);
        return Encoding.UTF8.GetBytes(string.Join('\n', document.RootElement.GetProperty("component").EnumerateArray()
            .Select(component => component.TryGetProperty("valueSampledData", out var value) ? value.GetProperty("data").GetString() : "")));
    }

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
