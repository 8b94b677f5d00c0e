using EcgIntegration.Training.Data.PtbXl;

namespace EcgIntegration.Training.Tests.Data.PtbXl;

public sealed class ScpCodesTests
{
    [Fact]
    public void Reads_codes_with_their_likelihood()
    {
        var codes = ScpCodes.Parse("{'NORM': 80.0, 'LAO/LAE': 15.5, 'PRC(S)': 0.0, 'SR': 0}");

        Assert.Equal(4, codes.Count);
        Assert.Equal(80, codes["NORM"]);
        Assert.Equal(15.5, codes["LAO/LAE"]);
        Assert.Equal(0, codes["PRC(S)"]);
    }

    [Fact]
    public void Reads_an_empty_dictionary() => Assert.Empty(ScpCodes.Parse("{}"));

    [Theory]
    [InlineData("")]
    [InlineData("NORM")]
    [InlineData("{'NORM'}")]
    [InlineData("{'NORM': high}")]
    [InlineData("{NORM: 1.0}")]
    [InlineData("{'NORM': 1.0, 'NORM': 2.0}")]
    public void Refuses_anything_else(string text) => Assert.Throws<FormatException>(() => ScpCodes.Parse(text));
}
