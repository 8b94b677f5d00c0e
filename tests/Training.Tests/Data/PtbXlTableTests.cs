using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data;

public sealed class PtbXlTableTests : IDisposable
{
    private static readonly HashSet<string> Known = ["NORM", "NST_", "LVH", "SR"];
    private readonly PtbXlFolder _data = new();

    [Fact]
    public void A_refused_diagnosis_is_no_label_and_a_form_or_rhythm_always_is()
    {
        _data.Add(1, "7.0", 3, "{'LVH': 0.0, 'NORM': 80.0, 'NST_': 0.0, 'SR': 0.0}");

        var example = Assert.Single(PtbXlTable.Read(_data.Root, Known));

        Assert.Equal(["NORM", "NST_", "SR"], example.Labels.Order(StringComparer.Ordinal));
        Assert.Equal(("7.0", 3), (example.Patient, example.Fold));
        Assert.EndsWith("00009_lr", example.Record, StringComparison.Ordinal);
    }

    [Fact]
    public void Signals_at_500_hertz_are_preferred()
    {
        _data.Add(1, "7.0", 3, "{'NORM': 80.0}");
        Directory.CreateDirectory(_data.PathOf("records500"));
        File.WriteAllText(_data.PathOf("records500/00009_hr.hea"), string.Empty);

        Assert.EndsWith("00009_hr", Assert.Single(PtbXlTable.Read(_data.Root, Known)).Record, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patient_in_two_folds_is_refused()
    {
        _data.Add(1, "7.0", 3, "{'NORM': 80.0}").Add(2, "7.0", 10, "{'NORM': 80.0}");

        Refused("record 2");
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

        Assert.Contains("strat_fold 10", Assert.Throws<TrainingException>(() => DataSplit.Read(_data.Root, LabelTable.BuiltIn())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_fold_on_which_nothing_can_be_chosen_is_refused()
    {
        _data.Add(1, "1", 3, "{'NORM': 80.0}").Add(2, "2", 9, "{'NORM': 80.0}").Add(3, "3", 10, "{'NORM': 80.0}");

        Assert.Contains("strat_fold 9", Assert.Throws<TrainingException>(() => DataSplit.Read(_data.Root, LabelTable.BuiltIn())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_follows_the_folds()
    {
        _data.Add(1, "1", 8, "{'NORM': 80.0}").Add(3, "3", 10, "{'NORM': 80.0}").Add(20, "20", 9, "{'LVH': 80.0}");
        for (var i = 11; i <= 15; i++)
        {
            _data.Add(i, $"{i}", 9, "{'NORM': 100.0}");
        }

        var split = DataSplit.Read(_data.Root, LabelTable.BuiltIn());

        Assert.Equal([1], split.Training.Examples.Select(example => example.Id));
        Assert.Equal([20, 11, 12, 13, 14, 15], split.Validation.Examples.Select(example => example.Id));
        Assert.Equal([3], split.Test.Examples.Select(example => example.Id));
        Assert.Equal(["NORM"], LabelTable.BuiltIn().Where((_, i) => split.TrainingPositives()[i] > 0).Select(label => label.Code));
    }

    public void Dispose() => _data.Dispose();

    private void Refused(string expected)
    {
        var error = Assert.Throws<TrainingException>(() => PtbXlTable.Read(_data.Root, Known));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
