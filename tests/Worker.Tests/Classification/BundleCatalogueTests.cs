using EcgIntegration.Contracts.Bundles;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Classification;

public sealed class BundleCatalogueTests : IDisposable
{
    private readonly TemporaryFolder _models = new();
    private readonly TestBundle _default;
    private readonly TestBundle _second;

    public BundleCatalogueTests()
    {
        _default = TestBundle.Create(folder: _models.File("default"));
        _second = TestBundle.Create(new AbstentionRule(-1, 0, 0.9), folder: _models.File("second"));
    }

    [Fact]
    public void Lists_the_default_bundle_once_and_first_and_others_by_name()
    {
        TestBundle.Create(new AbstentionRule(-1, 0, 0.8), folder: _models.File("another"));

        Assert.Equal(["default", "another", "second"], Catalogue().List().Select(bundle => Path.GetFileName(bundle.Folder)));
    }

    [Fact]
    public void A_broken_bundle_says_why_and_hides_no_other()
    {
        TestBundle.Create(new AbstentionRule(-1, 0, 0.8), folder: _models.File("broken"));
        File.AppendAllText(_models.File("broken", BundleFiles.Labels), " ");
        Directory.CreateDirectory(_models.File("no-json"));
        File.WriteAllText(_models.File("no-json", BundleFiles.Card), "{");

        var listed = Catalogue().List().ToDictionary(bundle => Path.GetFileName(bundle.Folder));

        Assert.Null(listed["broken"].Bundle);
        Assert.Contains("labels.json is not the file that model-card.json describes", listed["broken"].Problem, StringComparison.Ordinal);
        Assert.Contains("model-card.json is not the JSON expected", listed["no-json"].Problem, StringComparison.Ordinal);
        Assert.Equal(_second.Load().ModelSha256, listed["second"].Bundle!.ModelSha256);
        Assert.Null(listed["second"].Problem);
    }

    [Fact]
    public void Passes_over_what_is_no_bundle_and_what_is_still_being_written()
    {
        Directory.CreateDirectory(_models.File("catalogue"));
        using var unfinished = TestBundle.Create(folder: _models.File("second.0123.tmp"));

        Assert.Equal(["default", "second"], Catalogue().List().Select(bundle => Path.GetFileName(bundle.Folder)));
    }

    [Fact]
    public void Finds_a_bundle_by_its_identity_also_one_that_came_later()
    {
        var catalogue = Catalogue();
        Assert.Equal(_default.Folder, catalogue.Find(_default.Load().ModelSha256));
        Assert.Equal(_second.Folder, catalogue.Find(_second.Load().ModelSha256));
        Assert.Null(catalogue.Find(new string('0', 64)));

        var late = TestBundle.Create(new AbstentionRule(-1, 0, 0.7), folder: _models.File("late"));
        Assert.Equal(late.Folder, catalogue.Find(late.Load().ModelSha256));
    }

    [Fact]
    public void The_folder_of_further_bundles_need_not_exist()
    {
        var catalogue = BundleCatalogue.Of(new ModelOptions { Path = "default", Bundles = "none" }, _models.Path);

        Assert.Equal(_default.Folder, Assert.Single(catalogue.List()).Folder);
    }

    public void Dispose() => _models.Dispose();

    private BundleCatalogue Catalogue() => BundleCatalogue.Of(new ModelOptions { Path = "default/", Bundles = "." }, _models.Path);
}
