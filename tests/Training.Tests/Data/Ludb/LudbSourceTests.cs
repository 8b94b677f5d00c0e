using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data.Ludb;

public sealed class LudbSourceTests : IDisposable
{
    private readonly DataFolder _data = DataFolder.Ludb();

    [Fact]
    public void Diagnoses_become_labels_and_what_has_none_is_counted()
    {
        var content = Read();

        Assert.Equal(["1", "34"], content.Examples.Select(example => example.Id));
        Assert.Equal(["LAD", "LVH", "SBRAD"], content.Examples[0].Labels.Order(StringComparer.Ordinal));
        Assert.Equal(["3AVB", "PACE", "SR", "VPACE"], content.Examples[1].Labels.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["Left ventricular overload", "Non-specific repolarization abnormalities: posterior wall"],
            content.Unmapped.Select(count => count.Term));
        Assert.All(content.Examples, example => Assert.Equal(PatientFolds.Of(example.Id), example.Fold));
    }

    [Fact]
    public void Every_lead_has_a_shape_whatever_the_header_says_of_its_scale()
    {
        var tensor = new float[EcgTensors.Length];

        Read().Examples[1].Read(tensor);

        for (var lead = 0; lead < 12; lead++)
        {
            Assert.Equal(1, tensor.AsSpan(lead * EcgTensors.Samples, EcgTensors.Samples).ToArray().Average(value => value * value), 3);
        }
    }

    [Fact]
    public void A_missing_record_is_named()
    {
        File.Delete(_data.PathOf("data/34.dat"));

        Refusal.Says(() => Read().Examples[1].Read(new float[EcgTensors.Length]), "34.dat", _data.Root);
    }

    [Fact]
    public void A_missing_header_is_named()
    {
        File.Delete(_data.PathOf("data/34.hea"));

        Refusal.Says(() => Read(), "34.hea", _data.Root);
    }

    [Fact]
    public void A_table_that_is_another_is_refused()
    {
        _data.Write("ludb.csv", "a,b\n1,2\n");

        Refusal.Says(() => Read(), "ludb.csv", "column ID");
    }

    public void Dispose() => _data.Dispose();

    private EcgSourceContent Read() => Assert.Single(EcgSources.Open([_data.Root])).Read(LabelTable.BuiltIn());
}
