using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Evaluation;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Text;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>Trains the contrastive model and keeps the averaged weights of the epoch that the validation fold likes best.</summary>
internal sealed class Trainer(TrainingSettings settings, ITextEncoder textEncoder, IReadOnlyList<Label> labels, TimeProvider time)
{
    /// <summary>Runs the training.</summary>
    /// <param name="training">Folds to learn from.</param>
    /// <param name="validation">Fold the epoch is chosen on.</param>
    /// <param name="report">Called after each epoch.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <returns>The chosen weights, the caller's to dispose.</returns>
    public TrainedModel Run(EcgDataset training, EcgDataset validation, Action<EpochReport> report, CancellationToken cancellation)
    {
        random.manual_seed(settings.Seed);
        var texts = labels.SelectMany(label => textEncoder.Encode(label.Ja)).ToArray();
        var positives = training.Positives();
        var trained = Enumerable.Range(0, labels.Count).Where(label => positives[label] > 0).ToArray();
        using var batches = new TrainingBatches(training, trained, settings);
        using var model = new ContrastiveModel(textEncoder.Width, labels.Count, settings.Dropout);
        var averaged = new ContrastiveModel(textEncoder.Width, labels.Count, settings.Dropout);
        averaged.load_state_dict(model.state_dict());
        using var average = new WeightAverage(model, averaged, settings.AverageDecay);
        using var trainedTexts = tensor(texts).view(labels.Count, -1).index_select(0, tensor(trained.Select(i => (long)i).ToArray()));
        using var step = new TrainingStep(model, trainedTexts, trained, settings, settings.Epochs * batches.StepsPerEpoch);

        var best = new ContrastiveModel(textEncoder.Width, labels.Count, settings.Dropout);
        var (bestEpoch, bestFigure) = (0, double.NegativeInfinity);
        var started = time.GetTimestamp();
        for (var epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            model.train();
            var loss = 0.0;
            foreach (var batch in batches.Epoch())
            {
                cancellation.ThrowIfCancellationRequested();
                loss += step.Run(batch);
                average.Update();
                batch.Dispose();
            }

            var candidate = new TrainedModel(averaged, texts, labels.Count, epoch);
            var metrics = Metrics.Measure(labels, candidate.Score(validation), validation.Present, positives);
            if (metrics.Choice > bestFigure)
            {
                (bestEpoch, bestFigure) = (epoch, metrics.Choice);
                best.load_state_dict(averaged.state_dict());
            }

            var remaining = time.GetElapsedTime(started) * ((settings.Epochs - epoch) / (double)epoch);
            report(new EpochReport(epoch, settings.Epochs, loss / batches.StepsPerEpoch, metrics.SuperclassMacro, metrics.LabelMacro, bestEpoch == epoch, remaining));
        }

        return new TrainedModel(best, texts, labels.Count, bestEpoch);
    }
}
