using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Evaluation;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>Trains the contrastive model and keeps the averaged weights of the epoch that the validation fold likes best.</summary>
/// <param name="settings">How.</param>
/// <param name="texts">The frozen vectors of the labels' texts.</param>
/// <param name="labels">The label catalogue.</param>
/// <param name="device">Where.</param>
/// <param name="time">For the time that is left.</param>
internal sealed class Trainer(TrainingSettings settings, TextEmbeddings texts, IReadOnlyList<Label> labels, Device device, TimeProvider time)
{
    /// <summary>Runs the training.</summary>
    /// <param name="training">Folds to learn from.</param>
    /// <param name="validation">Fold the epoch is chosen on.</param>
    /// <param name="run">Where the run is kept, and whether one that is there is gone on with.</param>
    /// <param name="report">Called after each epoch.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <returns>The chosen weights, the caller's to dispose.</returns>
    /// <exception cref="TrainingException">The checkpoint cannot be used or written, or the loss is no number any more.</exception>
    public TrainedModel Run(EcgDataset training, EcgDataset validation, RunStorage run, Action<EpochReport> report, CancellationToken cancellation)
    {
        random.manual_seed(settings.Seed);
        var positives = training.Positives();
        var trained = Enumerable.Range(0, labels.Count).Where(label => positives[label] > 0).ToArray();
        using var batches = new TrainingBatches(training, trained, settings, device);
        using var model = NewModel();
        var averaged = NewModel();
        averaged.load_state_dict(model.state_dict());
        using var average = new WeightAverage(model, averaged, settings.AverageDecay);
        using var trainedTexts = tensor(texts.Values, device: device).view(labels.Count, -1).index_select(0, tensor(trained.Select(i => (long)i).ToArray(), device: device));
        using var step = new TrainingStep(model, trainedTexts, trained, settings, settings.Epochs * batches.StepsPerEpoch);
        var best = NewModel();
        var state = new TrainingState(model, averaged, best, step, average);
        var identity = RunIdentity.Of(settings, texts, training, validation);
        if (run.Resume)
        {
            run.Checkpoint.Load(identity, state);
        }

        var started = time.GetTimestamp();
        var first = state.Position.Epoch;
        while (state.Position.Epoch < settings.Epochs && !IsOver(state.Position))
        {
            var epoch = state.Position.Epoch + 1;
            model.train();
            var loss = 0.0;
            foreach (var batch in batches.Epoch(epoch))
            {
                using (batch)
                {
                    cancellation.ThrowIfCancellationRequested();
                    loss += step.Run(batch);
                    average.Update();
                }
            }

            var metrics = Metrics.Measure(labels, new TrainedModel(averaged, texts.Values, labels.Count, epoch, device).Score(validation), validation.Present, positives);
            var isBest = metrics.Choice > state.Position.BestFigure;
            if (isBest)
            {
                best.load_state_dict(averaged.state_dict());
            }

            state.Position = isBest ? new TrainingPosition(epoch, epoch, metrics.Choice) : state.Position with { Epoch = epoch };
            run.Checkpoint.Save(identity, state);
            var remaining = time.GetElapsedTime(started) * ((settings.Epochs - epoch) / (double)(epoch - first));
            report(new EpochReport(epoch, settings.Epochs, loss / batches.StepsPerEpoch, metrics.SuperclassMacro, metrics.LabelMacro, isBest, remaining));
        }

        best.to(CPU);
        return new TrainedModel(best, texts.Values, labels.Count, state.Position.BestEpoch, CPU);
    }

    private bool IsOver(TrainingPosition position) => settings.Patience > 0 && position.Epoch - position.BestEpoch >= settings.Patience;

    private ContrastiveModel NewModel() => new ContrastiveModel(texts.Width, labels.Count, settings.Dropout).to(device);
}

/// <summary>Where a run is kept.</summary>
/// <param name="Checkpoint">Its file.</param>
/// <param name="Resume">Whether to go on with the run that is there.</param>
internal readonly record struct RunStorage(Checkpoint Checkpoint, bool Resume);
