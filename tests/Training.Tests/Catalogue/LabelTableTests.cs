using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Tests.Catalogue;

public sealed class LabelTableTests
{
    [Fact]
    public void The_shipped_catalogue_keeps_its_rules()
    {
        var labels = LabelTable.BuiltIn();

        Assert.True(labels.Count >= 98, $"{labels.Count} labels");
        Assert.All(labels, label => Assert.Equal(label.Code.ToUpperInvariant(), label.Code));
        Assert.Equal(labels.Count, labels.Select(label => label.En.ToUpperInvariant()).Distinct().Count());
        Assert.All(labels, label => Assert.Equal(label.Ja.Trim(), label.Ja));
        Assert.Contains(labels, label => label.Translated);
    }

    [Theory]
    [InlineData("STEMI", Urgency.Critical)]
    [InlineData("VF", Urgency.Critical)]
    [InlineData("VT", Urgency.Critical)]
    [InlineData("3AVB", Urgency.Critical)]
    [InlineData("ACUTEMI", Urgency.Critical)]
    [InlineData("AFIB", Urgency.Urgent)]
    [InlineData("CLBBB", Urgency.Urgent)]
    [InlineData("CRBBB", Urgency.Review)]
    [InlineData("NORM", Urgency.Routine)]
    public void Findings_have_the_urgency_that_triage_relies_on(string code, Urgency urgency) =>
        Assert.Equal(urgency, LabelTable.BuiltIn().Single(label => label.Code == code).Urgency);

    [Fact]
    public void An_unknown_urgency_is_named_with_its_line()
    {
        var error = Assert.Throws<TrainingException>(() => Read(Line("A", "甲", "soonish")));

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_missing_column_is_named()
    {
        var error = Assert.Throws<TrainingException>(() => LabelTable.Read(new StringReader("code,english\nA,a\n")));

        Assert.Contains("japanese", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_that_stands_twice_is_refused()
    {
        var lines = Enumerable.Range(0, 98).Select(i => Line($"C{i}", $"語{i}")).Append(Line("C3", "別の語"));

        var error = Assert.Throws<ModelBundleException>(() => Read([.. lines]));

        Assert.Contains("C3", error.Message, StringComparison.Ordinal);
    }

    private static string Line(string code, string ja, string urgency = "review") => $"{code},{code},{ja},form,{urgency},no,,";

    private static IReadOnlyList<Label> Read(params string[] lines) =>
        LabelTable.Read(new StringReader("code,english,japanese,class,urgency,translated,snomed,receipt_code\n" + string.Join('\n', lines)));
}
