using EcgIntegration.Training.Learning;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Text;
using TorchSharp;
using EcgIntegration.Training.Tests.Support;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Tests.Learning;

[Collection(TorchRandom.Name)]
public sealed class TrainingStepTests
{
    private static readonly TrainingSettings Settings = new() { BatchSize = 8, LearningRate = 2e-3, Dropout = 0 };

    [Fact]
    public void Eight_ecgs_are_learned_by_heart_in_a_few_steps()
    {
        random.manual_seed(1);
        var (losses, ranked) = Learn(steps: 25);

        Assert.True(losses[^1] < losses[0] / 2, $"{losses[0]:F3} to {losses[^1]:F3}");
        Assert.All(ranked, Assert.True);
    }

    [Fact]
    public void The_same_seed_gives_the_same_loss()
    {
        random.manual_seed(5);
        var first = Learn(steps: 2).Losses;
        random.manual_seed(5);

        Assert.Equal(first, Learn(steps: 2).Losses);
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        random.manual_seed(1);
        using var model = new ContrastiveModel(JapaneseTermEncoder.Width, SmallData.Labels.Count, 0);
        using var texts = Texts();
        using var step = new TrainingStep(model, texts, [0, 1, 2, 3], Settings, 10);
        using var batch = Batch();
        step.Run(batch);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        step.Run(batch);
        step.Run(batch);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_run_with_a_sentence()
    {
        using var model = new ContrastiveModel(JapaneseTermEncoder.Width, SmallData.Labels.Count, 0);
        using var texts = Texts();
        using var step = new TrainingStep(model, texts, [0, 1, 2, 3], Settings, 10);
        using var batch = new TrainingBatch(full([8, 12, 1000], float.NaN), Batch().Targets);

        Assert.Contains("learning rate", Assert.Throws<TrainingException>(() => step.Run(batch)).Message, StringComparison.Ordinal);
    }

    private static (List<double> Losses, List<bool> Ranked) Learn(int steps)
    {
        using var model = new ContrastiveModel(JapaneseTermEncoder.Width, SmallData.Labels.Count, 0);
        using var texts = Texts();
        using var step = new TrainingStep(model, texts, [0, 1, 2, 3], Settings, steps);
        using var batch = Batch();
        var losses = Enumerable.Range(0, steps).Select(_ => step.Run(batch)).ToList();
        using var gradless = no_grad();
        using var scope = NewDisposeScope();
        var best = model.Ecg.forward(batch.Signals).mm(model.LabelMatrix(texts).t()).argmax(1).data<long>().ToArray();
        return (losses, [.. best.Select((label, i) => label == i % 4)]);
    }

    private static Tensor Texts() => stack(SmallData.Labels.Take(4).Select(label => tensor(JapaneseTermEncoder.Encode(label.Ja))));

    private static TrainingBatch Batch()
    {
        var data = SmallData.Create(8, [.. SmallData.Labels.Take(4).Select(label => label.Code)]);
        var targets = zeros(8, 4);
        for (var i = 0; i < 8; i++)
        {
            targets[i, i % 4] = 1;
        }

        return new TrainingBatch(tensor(data.Signals).view(8, 12, 1000), targets);
    }
}
