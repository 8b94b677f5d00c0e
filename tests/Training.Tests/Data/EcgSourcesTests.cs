using EcgIntegration.Training.Data;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data;

public sealed class EcgSourcesTests : IDisposable
{
    private readonly DataFolder _data = new();

    [Fact]
    public void Each_kind_is_told_by_what_is_in_it()
    {
        using var ptbXl = new PtbXlFolder();
        using var ludb = DataFolder.Ludb();
        using var cinc = DataFolder.Cinc();
        using var mitBih = DataFolder.MitBih();
        _data.Write("a/1.json", "{}").Write("ecg.csv", "identifier,patient,labels\n");

        var sources = EcgSources.Open([ptbXl.Root, ludb.Root, cinc.Root, mitBih.Root, _data.Root]);

        Assert.Equal(["PTB-XL", "LUDB", "CinC 2021", "MIT-BIH", "hospital"], sources.Select(source => source.About.Name));
    }

    [Fact]
    public void An_empty_folder_is_refused() => Refusal.Says(() => EcgSources.Open([_data.Root]), _data.Root, "ptbxl_database.csv");

    [Fact]
    public void A_folder_that_is_not_there_is_refused() => Refusal.Says(() => EcgSources.Open([_data.PathOf("no")]), _data.PathOf("no"), "--data");

    [Fact]
    public void A_folder_given_twice_is_refused() => Refusal.Says(() => EcgSources.Open([_data.Root, _data.Root + "/"]), "twice");

    [Fact]
    public void A_folder_of_two_kinds_is_refused()
    {
        _data.Copy(DataFolder.Wfdb, "JS20003.*").Copy(Path.Combine(DataFolder.Records, "mit-bih"), "207.*");

        Refusal.Says(() => EcgSources.Open([_data.Root]), "MIT-BIH and CinC 2021");
    }

    public void Dispose() => _data.Dispose();
}
