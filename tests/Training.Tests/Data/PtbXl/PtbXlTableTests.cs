using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Data.PtbXl;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data.PtbXl;

public sealed class PtbXlTableTests : IDisposable
{
    private static readonly HashSet<string> Known = ["NORM", "NST_", "LVH", "SR"];
    private readonly PtbXlFolder _data = new();

    private EcgSourceDescription Source => new PtbXlSource(_data.Root).About;

    [Fact]
    public void A_refused_diagnosis_is_no_label_and_a_form_or_rhythm_always_is()
    {
        _data.Add(1, "7.0", 3, "{'LVH': 0.0, 'NORM': 80.0, 'NST_': 0.0, 'SR': 0.0}");

        var example = Assert.Single(PtbXlTable.Read(Source, Known));

        Assert.Equal(["NORM", "NST_", "SR"], example.Labels.Order(StringComparer.Ordinal));
        Assert.Equal(("7.0", 3), (example.Patient, example.Fold));
    }

    [Fact]
    public void Signals_at_500_hertz_are_preferred()
    {
        _data.Add(1, "7.0", 3, "{'NORM': 80.0}");
        Directory.CreateDirectory(_data.PathOf("records500"));
        File.WriteAllText(_data.PathOf("records500/00001_hr.hea"), string.Empty);
        var example = Assert.Single(PtbXlTable.Read(Source, Known));

        var error = Assert.Throws<TrainingException>(() => example.Read(new float[EcgTensors.Length]));

        Assert.Contains("00001_hr.hea", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patient_in_two_folds_is_refused()
    {
        _data.Add(1, "7.0", 3, "{'NORM': 80.0}").Add(2, "7.0", 10, "{'NORM': 80.0}");

        var error = Assert.Throws<TrainingException>(() => DataSplit.Read(EcgSources.Open([_data.Root]), LabelTable.BuiltIn()));

        Assert.Contains("record 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("7.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_statement_is_named()
    {
        _data.Add(1, "7.0", 3, "{'XYZ': 80.0}");

        Refused("XYZ");
    }

    [Theory]
    [InlineData("ptbxl_database.csv")]
    [InlineData("scp_statements.csv")]
    public void A_missing_table_is_named(string file)
    {
        File.Delete(_data.PathOf(file));

        Refused(file);
    }

    [Fact]
    public void A_line_that_is_no_record_is_named()
    {
        _data.Add(1, "7.0", 3, "NORM");

        Refused("Line 2");
    }

    [Fact]
    public void A_data_set_without_a_test_fold_is_refused()
    {
        _data.Add(1, "1", 3, "{'NORM': 80.0}").Add(2, "2", 9, "{'NORM': 80.0}");

        Assert.Contains("fold 10", Assert.Throws<TrainingException>(() => DataSplit.Read(EcgSources.Open([_data.Root]), LabelTable.BuiltIn())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_fold_on_which_nothing_can_be_chosen_is_refused()
    {
        _data.Add(1, "1", 3, "{'NORM': 80.0}").Add(2, "2", 9, "{'NORM': 80.0}").Add(3, "3", 10, "{'NORM': 80.0}");

        Assert.Contains("fold 9", Assert.Throws<TrainingException>(() => DataSplit.Read(EcgSources.Open([_data.Root]), LabelTable.BuiltIn())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_follows_the_folds()
    {
        _data.Add(1, "1", 8, "{'NORM': 80.0}").Add(3, "3", 10, "{'NORM': 80.0}").Add(20, "20", 9, "{'LVH': 80.0}");
        for (var i = 11; i <= 15; i++)
        {
            _data.Add(i, $"{i}", 9, "{'NORM': 100.0}");
        }

        var split = DataSplit.Read(EcgSources.Open([_data.Root]), LabelTable.BuiltIn());

        Assert.Equal(["1"], split.Training.Examples.Select(example => example.Id));
        Assert.Equal(["20", "11", "12", "13", "14", "15"], split.Validation.Examples.Select(example => example.Id));
        Assert.Equal(["3"], split.Test.Examples.Select(example => example.Id));
        Assert.Equal(["NORM"], LabelTable.BuiltIn().Where((_, i) => split.TrainingPositives()[i] > 0).Select(label => label.Code));
    }

    public void Dispose() => _data.Dispose();

    private void Refused(string expected)
    {
        var error = Assert.Throws<TrainingException>(() => PtbXlTable.Read(Source, Known));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
