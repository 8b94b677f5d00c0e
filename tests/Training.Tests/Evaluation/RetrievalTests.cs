using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Tests.Evaluation;

public sealed class RetrievalTests
{
    private static readonly float[,] Logits =
    {
        { 9, 8, 7, 6, 5, 4, 3 },
        { 9, 8, 7, 6, 5, 4, 3 },
        { 9, 8, 7, 6, 5, 4, 3 },
        { 9, 8, 7, 6, 5, 4, 3 },
    };

    private static readonly bool[,] Present =
    {
        { true, true, false, false, false, false, false },
        { false, false, false, false, true, false, false },
        { false, false, false, false, false, true, false },
        { false, false, false, false, false, false, false },
    };

    [Fact]
    public void Counts_ecgs_whose_label_is_nearest_or_among_five()
    {
        Assert.Equal(new Retrieval(3, 7, 1 / 3.0, 2 / 3.0), Retrieval.Over(Logits, Present, [0, 1, 2, 3, 4, 5, 6]));
        Assert.Equal(new Retrieval(2, 7, 0, 0.5), Retrieval.OverSingleLabel(Logits, Present, [0, 1, 2, 3, 4, 5, 6]));
    }

    [Fact]
    public void Labels_that_take_no_part_neither_count_nor_hide_others()
    {
        Assert.Equal(new Retrieval(2, 2, 0.5, 1), Retrieval.Over(Logits, Present, [4, 5]));
        Assert.True(double.IsNaN(Retrieval.Over(Logits, Present, [6]).TopOne));
    }
}
