using EcgIntegration.Signals.Preprocessing;

namespace EcgIntegration.Signals.Tests.Preprocessing;

/// <summary>Preprocessing v1 against SciPy.</summary>
public sealed class OracleTests
{
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("1", "ludb-1.f32")]
    [InlineData("JS20003", "ningbo-JS20003.f32")]
    [InlineData("HR06005", "ptbxl-HR06005.f32")]
    public void Twelve_leads_equal_SciPy(string record, string oracle)
    {
        using var tensor = Preprocessor.ToTensor(TestData.Recording(record));

        Assert.Equal(1, tensor.Windows);
        AssertClose(TestData.Oracle(oracle), tensor[0].Span);
    }

    [Theory]
    [InlineData(0, "mitdb-100-first-10s.f32")]
    [InlineData(36_000, "mitdb-100-100s.f32")]
    public void Two_leads_at_360_Hz_equal_SciPy(int first, string oracle)
    {
        var record = TestData.Record("100", first, 3600);
        var window = new float[2 * Preprocessor.WindowSamples];

        for (var i = 0; i < 2; i++)
        {
            Preprocessor.FirstWindow(record.Signals[i].Physical, record.SamplingRate, window.AsSpan(i * Preprocessor.WindowSamples, Preprocessor.WindowSamples));
        }

        AssertClose(TestData.Oracle(oracle), window);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = 0f;
        for (var i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        }

        Assert.True(worst <= Tolerance, $"Largest difference {worst}.");
    }
}
