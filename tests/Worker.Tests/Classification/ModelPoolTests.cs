using EcgIntegration.Contracts.Bundles;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.Logging;

namespace EcgIntegration.Worker.Tests.Classification;

public sealed class ModelPoolTests : IAsyncDisposable
{
    private readonly TemporaryFolder _models = new();
    private readonly Unloadings _log = new();
    private readonly ModelPool _pool;
    private readonly string[] _sha256;

    public ModelPoolTests()
    {
        _sha256 = [.. Enumerable.Range(0, 5).Select(i =>
            TestBundle.Create(new AbstentionRule(-1, 0, i / 10.0), folder: _models.File($"m{i}"), name: $"model-{i}").Load().ModelSha256)];
        var options = new ModelOptions { Device = Device.Cpu, IntraOpThreads = 1, KeepLoaded = 1, Path = "m0", Bundles = "." };
        _pool = new(BundleCatalogue.Of(options, _models.Path), options, TimeProvider.System, _log);
    }

    [Fact]
    public async Task The_default_bundle_is_active_until_another_is_activated()
    {
        Assert.Equal((_sha256[0], null), (_pool.Active.Sha256, _pool.Shadow));
        var before = _pool.Active;

        _pool.Activate(await GetAsync(1));
        _pool.ShadowWith(await GetAsync(2));

        Assert.Equal((_sha256[1], _sha256[2]), (_pool.Active.Sha256, _pool.Shadow?.Sha256));
        Assert.Equal("model-0", before.Info.Name);
        await ClassifyAsync(before);
    }

    [Fact]
    public async Task Each_model_scores_with_its_own_bundle_and_is_loaded_once()
    {
        var models = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => GetAsync(i % 2)))).Soon();

        Assert.Equal(2, models.Distinct().Count());
        foreach (var model in models)
        {
            Assert.Equal(model.Sha256, model.Bundle.ModelSha256);
            Assert.Equal(model.Sha256, model.Classifier.Model.Sha256);
            await ClassifyAsync(model);
        }
    }

    [Fact]
    public async Task An_unknown_model_is_said_to_be_and_comes_when_its_bundle_comes()
    {
        Directory.Move(_models.File("m3"), _models.File("m3.tmp"));
        var e = await Assert.ThrowsAsync<ModelUnavailableException>(() => GetAsync(3));
        Assert.Equal($"No bundle of model {_sha256[3][..12]} is in Model:Path or in a folder of Model:Bundles: put it back there.", e.Message);

        Directory.Move(_models.File("m3.tmp"), _models.File("m3"));
        await ClassifyAsync(await GetAsync(3));
    }

    [Fact]
    public async Task A_broken_bundle_is_said_to_be_and_disturbs_no_other()
    {
        File.AppendAllText(_models.File("m2", BundleFiles.Encoder), "x");

        var e = await Assert.ThrowsAsync<ModelUnavailableException>(() => GetAsync(2));
        Assert.Contains("model.onnx is not the file", e.Message, StringComparison.Ordinal);
        await ClassifyAsync(_pool.Active);
    }

    [Fact]
    public async Task Keeps_active_and_shadow_and_a_few_and_loads_what_it_let_go_again()
    {
        _pool.Activate(await GetAsync(1));
        _pool.ShadowWith(await GetAsync(2));
        var third = await GetAsync(3);
        await GetAsync(4);

        // m0 and m3 had to go, the one unused for longest first; m4 is the one that is kept beside active and shadow.
        await Waiting.Until(() => _log.Names.Count == 2);
        Assert.Equal(["model-0", "model-3"], _log.Names.Order());
        await ClassifyAsync(third);
        await Waiting.Until(() => _log.Names.Count == 3);
        Assert.Equal("model-4", _log.Names[^1]);
    }

    [Fact]
    public async Task A_model_in_use_is_never_unloaded_whatever_replaces_it()
    {
        var others = SwitchAsync(60);

        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!others.IsCompleted)
            {
                await ClassifyAsync(_pool.Active);
                Interlocked.Increment(ref done);
            }
        }))).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);

        await others;
        Assert.True(done > 60, $"{done} ECGs");
        Assert.NotEmpty(_log.Names);
    }

    [Fact]
    public async Task A_stop_finishes_what_was_accepted_and_refuses_the_rest()
    {
        var other = await GetAsync(1);
        var pending = new[] { _pool.Active, other }.Select(ClassifyAsync).ToList();

        await _pool.StopAsync(CancellationToken.None).Soon();

        await Task.WhenAll(pending).Soon();
        await Assert.ThrowsAsync<ClassifierStoppingException>(() => ClassifyAsync(other));
        await Assert.ThrowsAsync<ClassifierStoppingException>(() => GetAsync(2));
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _models.Dispose();
    }

    private async Task SwitchAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            _pool.Activate(await GetAsync(round % 5));
            _pool.ShadowWith(round % 2 == 0 ? null : await GetAsync((round + 2) % 5));
        }
    }

    private Task<LoadedModel> GetAsync(int model) => _pool.GetAsync(_sha256[model], CancellationToken.None);

    private static async Task ClassifyAsync(LoadedModel model)
    {
        var result = await model.Classifier.ClassifyAsync(TestBundle.Window(("AFIB", 1)), CancellationToken.None).Soon();
        Assert.Equal(TestBundle.LogitScale, result.Logits[TestBundle.IndexOf("AFIB")], 1e-4f);
    }

    /// <summary>Hears which models were unloaded.</summary>
    private sealed class Unloadings : ILogger<ModelPool>
    {
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names
        {
            get
            {
                lock (_names)
                {
                    return [.. _names];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 2005 && state is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                lock (_names)
                {
                    _names.Add((string)values.Single(value => value.Key == "Name").Value!);
                }
            }
        }
    }
}
