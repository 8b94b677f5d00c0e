using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Tests.Fhir.Search;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("a,b", "a", "b")]
    [InlineData(@"a\,b,c", @"a\,b", "c")]
    [InlineData(@"a\\,b", @"a\\", "b")]
    [InlineData("", "")]
    [InlineData("a,", "a", "")]
    public void Only_commas_that_are_not_escaped_separate(string text, params string[] parts) =>
        Assert.Equal(parts, SearchText.Split(text, ','));

    [Theory]
    [InlineData(@"a\,b\|c\$d\\e", @"a,b|c$d\e")]
    [InlineData("心房細動", "心房細動")]
    public void An_escape_stands_for_the_character_itself(string text, string plain)
    {
        Assert.True(SearchText.TryUnescape(text, out var read));
        Assert.Equal(plain, read);
    }

    [Theory]
    [InlineData(@"a\")]
    [InlineData(@"a\b")]
    [InlineData("a\0")]
    public void What_escapes_nothing_or_cannot_be_stored_is_refused(string text) => Assert.False(SearchText.TryUnescape(text, out _));
}
