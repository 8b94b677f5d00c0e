using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Tests.Evaluation;

public sealed class RankingTests
{
    // Of the 2 x 3 pairs, 0.8 wins three, 0.4 wins one, loses one to 0.5 and ties with 0.4: (3 + 1 + 0.5) / 6.
    [Fact]
    public void Auroc_counts_pairs_and_halves_ties() =>
        Assert.Equal(0.75, Ranking.Auroc([0.8f, 0.4f, 0.5f, 0.4f, 0.1f], [true, true, false, false, false]), 12);

    [Fact]
    public void Perfect_and_reversed_orders_are_one_and_zero()
    {
        Assert.Equal(1, Ranking.Auroc([3, 2, 1], [true, false, false]));
        Assert.Equal(0, Ranking.Auroc([1, 2, 3], [true, false, false]));
        Assert.Equal(0.5, Ranking.Auroc([2, 2, 2], [true, false, false]));
    }

    [Fact]
    public void Without_a_positive_or_a_negative_there_is_no_figure()
    {
        Assert.True(double.IsNaN(Ranking.Auroc([1, 2], [true, true])));
        Assert.True(double.IsNaN(Ranking.Auroc([1, 2], [false, false])));
    }

    [Fact]
    public void A_superclass_score_is_the_log_sum_exp_of_its_members()
    {
        Assert.Equal(Math.Log(Math.Exp(1) + Math.Exp(3)), Superclasses.Score([1, 2, 3], [0, 2]), 5);
        Assert.Equal(200, Superclasses.Score([200, -200], [0, 1]), 3);
    }
}
