using System.Globalization;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Tests.Data;

public sealed class PatientFoldsTests
{
    // Written down, so that a change of the rule, which would move patients between folds, does not pass unseen.
    [Theory]
    [InlineData("1", 4)]
    [InlineData("207", 3)]
    [InlineData("患者", 10)]
    public void A_patient_has_one_fold_for_ever(string patient, int fold) => Assert.Equal(fold, PatientFolds.Of(patient));

    [Fact]
    public void Folds_are_of_like_size()
    {
        var folds = Enumerable.Range(0, 10_000).Select(i => PatientFolds.Of(i.ToString(CultureInfo.InvariantCulture))).CountBy(fold => fold).ToList();

        Assert.Equal(Enumerable.Range(1, 10), folds.Select(fold => fold.Key).Order());
        Assert.All(folds, fold => Assert.InRange(fold.Value, 900, 1100));
    }
}
