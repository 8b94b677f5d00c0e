using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Contracts.Tests;

public sealed class ModelBundleWriterTests : IDisposable
{
    private readonly BundleFolder _bundle = new();

    [Fact]
    public void The_same_content_is_the_same_model()
    {
        var first = ModelBundle.Load(_bundle.Folder).ModelSha256;

        Assert.Equal(first, ModelBundleWriter.Write(_bundle.Folder, BundleFolder.Content()).ModelSha256);
    }

    [Fact]
    public void Another_threshold_is_another_model()
    {
        var first = ModelBundle.Load(_bundle.Folder).ModelSha256;
        var other = BundleFolder.Content(calibration: BundleFolder.Calibration(new LabelCalibration("C0", 1, 0, 0.51, 5)));

        Assert.NotEqual(first, ModelBundleWriter.Write(_bundle.Folder, other).ModelSha256);
    }

    [Fact]
    public void Content_that_breaks_a_rule_leaves_the_old_bundle_and_nothing_else()
    {
        var first = ModelBundle.Load(_bundle.Folder).ModelSha256;
        var matrix = BundleFolder.Matrix();
        matrix[0] = float.NaN;

        Assert.Throws<ModelBundleException>(() => ModelBundleWriter.Write(_bundle.Folder, BundleFolder.Content(matrix: matrix)));

        Assert.Equal(first, ModelBundle.Load(_bundle.Folder).ModelSha256);
        Assert.Single(Directory.GetFileSystemEntries(_bundle.Parent));
    }

    [Fact]
    public void A_bundle_that_is_too_large_is_refused()
    {
        var error = Assert.Throws<ModelBundleException>(
            () => ModelBundleWriter.Write(_bundle.Folder, BundleFolder.Content(encoder: new byte[ModelBundleWriter.MaximumSize])));

        Assert.Contains("16000000", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_bundle.Parent));
    }

    [Fact]
    public void A_folder_that_holds_something_else_is_not_replaced()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_bundle.Parent, "mine")).FullName;
        File.WriteAllText(Path.Combine(folder, "thesis.txt"), "mine");

        Assert.Throws<ModelBundleException>(() => ModelBundleWriter.Write(folder, BundleFolder.Content()));

        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder, "thesis.txt")));
    }

    public void Dispose() => _bundle.Dispose();
}
