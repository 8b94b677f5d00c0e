using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Tests.Support;
using EcgIntegration.Training.Text;

namespace EcgIntegration.Training.Tests.Bundles;

public sealed class ShippedBundleTests
{
    private static readonly ModelBundle Bundle = ModelBundle.Load(Repository.Bundle);

    [Fact]
    public void Its_labels_are_the_catalogue() => Assert.Equal(LabelTable.BuiltIn(), Bundle.Labels);

    [Fact]
    public void It_was_made_with_the_text_encoder_of_this_build() =>
        Assert.Equal(new JapaneseTermEncoder().Name, (string?)Bundle.Card.Training["textEncoder"]);

    [Fact]
    public void It_fits_its_size() =>
        Assert.InRange(Directory.GetFiles(Repository.Bundle).Sum(file => new FileInfo(file).Length), 1, ModelBundleWriter.MaximumSize);

    [Fact]
    public void It_can_measure_normal_and_suggest_urgent_findings()
    {
        var suggestable = Enumerable.Range(0, Bundle.Labels.Count).Where(i => Bundle.CalibrationOf(i) is not null).Select(i => Bundle.Labels[i]).ToList();

        Assert.Contains(suggestable, label => label.Code == "NORM");
        Assert.Contains(suggestable, label => label.Code == "AFIB");
        Assert.Contains(suggestable, label => label.Urgency == Urgency.Urgent);
        Assert.All(Bundle.Calibration.Labels, entry => Assert.True(entry is { ValidationPositives: >= 4, Slope: > 0 }, entry.Code));
    }

    [Fact]
    public void Its_card_tells_what_was_measured()
    {
        Assert.True((double)Bundle.Card.Metrics["test"]!["superclassMacroAuroc"]! >= 0.90);
        Assert.True((double)Bundle.Card.Metrics["onnxParity"]!["largestDifference"]! <= 1e-4);
        Assert.Equal("CC BY 4.0", (string?)Bundle.Card.Data["licence"]);
    }
}
