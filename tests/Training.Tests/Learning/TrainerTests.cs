using EcgIntegration.Training.Data;
using EcgIntegration.Training.Learning;
using EcgIntegration.Training.Text;
using EcgIntegration.Training.Tests.Support;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Tests.Learning;

[Collection(TorchRandom.Name)]
public sealed class TrainerTests : IDisposable
{
    private static readonly TrainingSettings Settings = new() { Epochs = 2, BatchSize = 8, Patience = 0, Seed = 4 };

    private readonly string _folder = Directory.CreateTempSubdirectory("ecg-test-").FullName;

    private readonly EcgDataset _training = SmallData.Create(8, "NORM", "LVH");

    private readonly EcgDataset _validation = SmallData.Create(12, "NORM", "LVH");

    private Checkpoint Kept => new(Path.Combine(_folder, "run.checkpoint"));

    [Fact]
    public void A_run_that_was_interrupted_ends_as_one_that_was_not()
    {
        using var whole = Train(Settings, new Checkpoint(Path.Combine(_folder, "other")), resume: false);
        using var interruption = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Train(Settings, Kept, resume: false, _ => interruption.Cancel(), interruption));

        var epochs = new List<int>();
        using var resumed = Train(Settings, Kept, resume: true, report => epochs.Add(report.Epoch));

        Assert.Equal([2], epochs);
        Assert.Equal(whole.Epoch, resumed.Epoch);
        Assert.Equal(whole.LabelMatrix(), resumed.LabelMatrix());
        Assert.Equal(whole.Embed(_validation), resumed.Embed(_validation));
    }

    [Fact]
    public void A_run_is_not_gone_on_with_by_other_settings_or_on_other_data()
    {
        Train(Settings with { Epochs = 1 }, Kept, resume: false).Dispose();

        Assert.Contains("--resume", Refusal(() => Train(Settings with { Epochs = 3 }, Kept, resume: true)), StringComparison.Ordinal);
        Assert.Contains("--resume", Refusal(() => Trainer(Settings with { Epochs = 1 })
            .Run(_validation, _validation, new RunStorage(Kept, Resume: true), _ => { }, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Equal(1, Kept.Identify().Settings.Epochs);
    }

    [Fact]
    public void A_missing_or_damaged_checkpoint_is_named()
    {
        Assert.Contains(Kept.Path, Refusal(() => Train(Settings, Kept, resume: true)), StringComparison.Ordinal);

        Train(Settings with { Epochs = 1 }, Kept, resume: false).Dispose();
        using (var file = new FileStream(Kept.Path, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Contains("damaged", Refusal(() => Train(Settings with { Epochs = 1 }, Kept, resume: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_leaves_the_checkpoint_before_as_it_was()
    {
        Train(Settings with { Epochs = 1 }, Kept, resume: false).Dispose();
        var before = File.ReadAllBytes(Kept.Path);
        File.CreateSymbolicLink(Kept.Path + ".new", "/dev/full");

        var refusal = Refusal(() => Train(Settings with { Epochs = 1 }, Kept, resume: false));

        Assert.Contains("No space left", refusal, StringComparison.Ordinal);
        Assert.Contains("--resume", refusal, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Kept.Path));
        Assert.False(File.Exists(Kept.Path + ".new"));
    }

    [Fact]
    public void A_run_that_gets_no_better_ends_early()
    {
        var epochs = new List<EpochReport>();

        using var model = Train(Settings with { Epochs = 40, Patience = 1 }, Kept, resume: false, epochs.Add);

        Assert.True(epochs.Count < 40);
        Assert.Equal(model.Epoch + 1, epochs.Count);
        Assert.Equal(epochs.Max(epoch => epoch.LabelMacro), epochs[model.Epoch - 1].LabelMacro);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TextEmbeddings Texts { get; } = TextEmbeddings.Of([.. SmallData.Labels.Select(label => JapaneseTermEncoder.Encode(label.Ja))], "tests");

    private static string Refusal(Func<TrainedModel> act) => Assert.Throws<TrainingException>(() => act().Dispose()).Message;

    private static Trainer Trainer(TrainingSettings settings) => new(settings, Texts, SmallData.Labels, CPU, TimeProvider.System);

    private TrainedModel Train(
        TrainingSettings settings, Checkpoint kept, bool resume, Action<EpochReport>? report = null, CancellationTokenSource? interruption = null) =>
        Trainer(settings).Run(_training, _validation, new RunStorage(kept, resume), report ?? (_ => { }), interruption?.Token ?? TestContext.Current.CancellationToken);
}
