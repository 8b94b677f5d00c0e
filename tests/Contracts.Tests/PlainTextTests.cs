namespace EcgIntegration.Contracts.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("夜間停止のため（サーバー2号機）", true)]
    [InlineData("葛\U000E0100城", true)]
    [InlineData("", true)]
    [InlineData("two\nlines", false)]
    [InlineData("\u001b[31mred", false)]
    [InlineData("turned \u202E round", false)]
    [InlineData("hid\u200Bden", false)]
    [InlineData("two\u2028lines", false)]
    public void Characters_that_steer_are_told_from_those_that_show(string text, bool expected)
    {
        Assert.Equal(expected, PlainText.Is(text));
        Assert.True(PlainText.Is(PlainText.Of(text)));
    }

    [Fact]
    public void Half_a_character_is_none() => Assert.False(PlainText.Is("half " + (char)0xD800));
}
