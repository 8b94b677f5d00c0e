using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Classification;

public sealed class EcgClassifierTests : IDisposable
{
    private readonly TestBundle _bundle = TestBundle.Create();

    [Fact]
    public async Task Scores_every_label_by_its_similarity()
    {
        await using var classifier = Load();

        var result = await classifier.ClassifyAsync(TestBundle.Window(("AFIB", 4), ("SR", 3)), CancellationToken.None).Soon();

        Assert.Equal((1, 98), (result.Windows, result.Labels));
        Assert.Equal(8, result.Logits[TestBundle.IndexOf("AFIB")], 1e-4f);
        Assert.Equal(6, result.Logits[TestBundle.IndexOf("SR")], 1e-4f);
        Assert.Equal(0, result.Logits[TestBundle.IndexOf("NORM")], 1e-4f);
        Assert.Equal(0.8f, Assert.Single(result.MaxSimilarity), 1e-5f);
        Assert.Equal(new Execution("CPUExecutionProvider", "fp32", 1), result.Execution);
    }

    [Fact]
    public async Task A_result_says_which_precision_the_model_ran_in()
    {
        using var halved = TestBundle.Create(precision: "fp16");
        await using var classifier = EcgClassifier.Load(halved.Load(), new() { Device = Device.Cpu }, TimeProvider.System);

        var result = await classifier.ClassifyAsync(TestBundle.Window(("AFIB", 4)), CancellationToken.None).Soon();

        Assert.Equal("fp16", result.Execution.Precision);
    }

    [Fact]
    public async Task Keeps_the_windows_of_a_long_recording_in_order()
    {
        await using var classifier = Load(new() { MaxBatch = 4, QueueCapacity = 4, Device = Device.Cpu });
        float[] recording = [.. Enumerable.Range(0, 11).SelectMany(window => TestBundle.Window(("SR", 1), ("IMI", window)))];

        var result = await classifier.ClassifyAsync(recording, CancellationToken.None).Soon();

        Assert.Equal(11, result.Windows);
        Assert.Equal(11, result.MaxSimilarity.Length);
        for (var window = 0; window < 11; window++)
        {
            var expected = 10 * window / MathF.Sqrt(1 + (window * window));
            Assert.Equal(expected, result.LogitsOf(window)[TestBundle.IndexOf("IMI")], 1e-3f);
        }

        Assert.InRange(result.Execution.BatchSize, 1, 4);
    }

    [Fact]
    public async Task Many_at_once_get_each_their_own_result()
    {
        await using var classifier = Load();

        var batchSizes = await Task.WhenAll(Enumerable.Range(1, 300).Select(i => Task.Run(async () =>
        {
            var result = await classifier.ClassifyAsync(TestBundle.Window(("SR", 1), ("LVH", i)), CancellationToken.None);
            Assert.Equal(10 / MathF.Sqrt(1 + ((float)i * i)), result.Logits[TestBundle.IndexOf("SR")], 1e-4f);
            return result.Execution.BatchSize;
        }))).Soon();

        Assert.Contains(batchSizes, size => size > 1);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(0f)]
    public async Task An_unusable_embedding_is_a_fault_of_that_ecg_alone(float poison)
    {
        await using var classifier = Load();

        var tasks = Enumerable.Range(0, 12)
            .Select(i => classifier.ClassifyAsync(TestBundle.Window(("SR", i == 5 ? poison : 1)), CancellationToken.None))
            .ToList();

        await Assert.ThrowsAsync<ModelOutputException>(() => tasks[5].Soon());
        tasks.RemoveAt(5);
        Assert.All(await Task.WhenAll(tasks).Soon(), result => Assert.Equal(10, result.Logits[TestBundle.IndexOf("SR")], 1e-4f));
    }

    [Fact]
    public async Task An_embedding_that_is_not_normalised_is_a_fault()
    {
        using var bundle = TestBundle.Create(encoder: new() { Normalise = false });
        await using var classifier = EcgClassifier.Load(bundle.Load(), new() { Device = Device.Cpu }, TimeProvider.System);

        await Assert.ThrowsAsync<ModelOutputException>(
            () => classifier.ClassifyAsync(TestBundle.Window(("SR", 2)), CancellationToken.None).Soon());
        Assert.Equal(1, (await classifier.ClassifyAsync(TestBundle.Window(("SR", 1)), CancellationToken.None).Soon()).MaxSimilarity[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11_999)]
    [InlineData(12_001)]
    public async Task Refuses_anything_but_whole_windows(int values)
    {
        await using var classifier = Load();
        await Assert.ThrowsAsync<ArgumentException>(() => classifier.ClassifyAsync(new float[values], CancellationToken.None));
    }

    [Fact]
    public async Task Refuses_with_a_clear_exception_once_it_stops()
    {
        await using var classifier = Load();
        await classifier.StopAsync(CancellationToken.None).Soon();

        await Assert.ThrowsAsync<ClassifierStoppingException>(
            () => classifier.ClassifyAsync(TestBundle.Window(("SR", 1)), CancellationToken.None).Soon());
    }

    [Fact]
    public async Task Says_which_model_runs_where()
    {
        await using var classifier = Load(new() { Device = Device.Auto });

        Assert.Equal(
            new ModelInfo(_bundle.Load().ModelSha256, "test-encoder", "1.2.3", "cpu", "CPUExecutionProvider"), classifier.Model);
    }

    [Fact]
    public void Cuda_that_is_ordered_and_missing_fails_with_one_sentence()
    {
        var e = Assert.Throws<DeviceUnavailableException>(() => Load(new() { Device = Device.Cuda }));

        Assert.Equal(
            "This build of the worker has no CUDA execution provider: build it with -p:Accelerator=cuda (docs/gpu.md), or set Model:Device to cpu.",
            e.Message);
    }

    public static TheoryData<TestEncoderCase, string> WrongEncoders { get; } = new()
    {
        { new("input", new() { InputName = "signal" }), "must have one input, ecg, float32 [N, 12, 1000]" },
        { new("leads", new() { Leads = 8 }), "must have one input, ecg, float32 [N, 12, 1000]" },
        { new("samples", new() { Samples = 5000 }), "must have one input, ecg, float32 [N, 12, 1000]" },
        { new("output", new() { OutputName = "logits" }), "must have one output, embedding, float32 [N, 128]" },
    };

    [Theory]
    [MemberData(nameof(WrongEncoders), DisableDiscoveryEnumeration = true)]
    public void Refuses_a_model_of_another_shape(TestEncoderCase encoder, string sentence)
    {
        using var bundle = TestBundle.Create(encoder: encoder.Encoder);

        var e = Assert.Throws<ModelBundleException>(() => EcgClassifier.Load(bundle.Load(), new() { Device = Device.Cpu }, TimeProvider.System));
        Assert.Contains(sentence, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_encoder_that_changed_after_the_bundle_was_checked()
    {
        var bundle = _bundle.Load();
        File.AppendAllText(bundle.EncoderPath, "x");

        var e = Assert.Throws<ModelBundleException>(() => EcgClassifier.Load(bundle, new() { Device = Device.Cpu }, TimeProvider.System));
        Assert.Contains("model.onnx was changed", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _bundle.Dispose();

    private EcgClassifier Load(ModelOptions? options = null) =>
        EcgClassifier.Load(_bundle.Load(), options ?? new() { Device = Device.Cpu, IntraOpThreads = 1 }, TimeProvider.System);

    public sealed class TestEncoderCase
    {
        private readonly string _name;

        internal TestEncoderCase(string name, TestEncoder encoder)
        {
            _name = name;
            Encoder = encoder;
        }

        internal TestEncoder Encoder { get; }

        public override string ToString() => _name;
    }
}
