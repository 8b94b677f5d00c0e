using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Worker.Classification;

/// <summary>Owns the loaded models: loads them on demand, keeps a few, and unloads one only when nothing uses it any more.</summary>
/// <remarks>
/// <para>A model is in use from <see cref="EnterAsync"/> to <see cref="Leave"/>, which every classification does around
/// itself: whoever holds a <see cref="LoadedModel"/> holds no session and no buffer, and need not give anything back.</para>
/// <para>Each model has its own session, buffers and batcher; one <see cref="InferenceGate"/> lets one batch of all of them
/// run at a time, so that more models do not mean more busy cores.</para>
/// <para>Threads: all fields but the readonly ones are guarded by the lock. Loading and unloading happen outside of it.</para>
/// </remarks>
internal sealed class ModelPool : IModelPool, IAsyncDisposable
{
    private readonly BundleCatalogue _catalogue;
    private readonly ModelOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InferenceGate _gate;
    private readonly SemaphoreSlim _loading = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly List<Task> _unloading = [];
    private LoadedModel _active;
    private LoadedModel? _shadow;
    private long _uses;
    private bool _stopped;

    /// <summary>Loads the default bundle, which is the active one until another is activated.</summary>
    /// <exception cref="ModelBundleException">The default bundle cannot be used.</exception>
    /// <exception cref="DeviceUnavailableException">The device ordered does not work.</exception>
    public ModelPool(BundleCatalogue catalogue, ModelOptions options, TimeProvider time, ILogger<ModelPool> logger)
    {
        _catalogue = catalogue;
        _options = options;
        _time = time;
        _logger = logger;
        _gate = new(time);
        var first = Load(ModelBundle.Load(catalogue.DefaultFolder));
        _slots.Add(first.Model.Sha256, new(Task.FromResult(first)));
        _active = first.Model;
    }

    public LoadedModel Active
    {
        get
        {
            lock (_lock)
            {
                return _active;
            }
        }
    }

    public LoadedModel? Shadow
    {
        get
        {
            lock (_lock)
            {
                return _shadow;
            }
        }
    }

    public async Task<LoadedModel> GetAsync(string sha256, CancellationToken cancellationToken)
    {
        var (slot, session) = await EnterAsync(sha256, cancellationToken);
        Leave(slot);
        return session.Model;
    }

    /// <summary>Makes a model the one for new ECGs; what is in work goes on with the model it began with.</summary>
    public void Activate(LoadedModel model)
    {
        lock (_lock)
        {
            _active = model;
            Trim();
        }
    }

    /// <summary>Makes a model the shadow, or none.</summary>
    public void ShadowWith(LoadedModel? model)
    {
        lock (_lock)
        {
            _shadow = model;
            Trim();
        }
    }

    /// <summary>Finishes what was accepted and refuses what comes; gives the remainder up when the token fires.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task<Session>[] loaded;
        lock (_lock)
        {
            _stopped = true;
            loaded = [.. _slots.Values.Select(slot => slot.Session)];
        }

        foreach (var loading in loaded)
        {
            // Whether one that was being loaded has failed does not matter any more.
            if (await Task.WhenAny(loading) is { IsCompletedSuccessfully: true })
            {
                await (await loading).Classifier.StopAsync(cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Task> ends;
        lock (_lock)
        {
            _stopped = true;
            ends = [.. _unloading, .. _slots.Values.Select(UnloadAsync)];
            _slots.Clear();
            _unloading.Clear();
        }

        await Task.WhenAll(ends);
        _loading.Dispose();
    }

    /// <summary>Holds a model, loaded, until <see cref="Leave"/>.</summary>
    private async Task<(Slot Slot, Session Session)> EnterAsync(string sha256, CancellationToken cancellationToken)
    {
        Slot? slot;
        lock (_lock)
        {
            if (_stopped)
            {
                throw new ClassifierStoppingException();
            }

            if (!_slots.TryGetValue(sha256, out slot) || slot.Session.IsFaulted)
            {
                _slots[sha256] = slot = new(Task.Run(() => LoadAsync(sha256), CancellationToken.None));
            }

            slot.Users++;
            slot.LastUse = ++_uses;
        }

        try
        {
            return (slot, await slot.Session.WaitAsync(cancellationToken));
        }
        catch
        {
            Leave(slot);
            throw;
        }
    }

    private void Leave(Slot slot)
    {
        lock (_lock)
        {
            slot.Users--;
            Trim();
        }
    }

    private async Task<Session> LoadAsync(string sha256)
    {
        // One at a time: a bundle is read and warmed up with all the cores there are.
        await _loading.WaitAsync();
        try
        {
            var shown = ModelUnavailableException.Short(sha256);
            var folder = _catalogue.Find(sha256) ?? throw new ModelUnavailableException(
                $"No bundle of model {shown} is in Model:Path or in a folder of Model:Bundles: put it back there.");
            var bundle = ModelBundle.Load(folder);
            return bundle.ModelSha256 == sha256
                ? Load(bundle)
                : throw new ModelUnavailableException($"The bundle of model {shown} was replaced while it was loaded: put it back.");
        }
        catch (Exception e) when (e is ModelBundleException or IOException or UnauthorizedAccessException)
        {
            throw new ModelUnavailableException($"The bundle of model {ModelUnavailableException.Short(sha256)} cannot be used: {e.Message}", e);
        }
        finally
        {
            _loading.Release();
        }
    }

    private Session Load(ModelBundle bundle)
    {
        var classifier = EcgClassifier.Load(bundle, _options, _time, _logger, _gate);
        return new(classifier, new(bundle, new PooledClassifier(this, classifier.Model), classifier.Model));
    }

    /// <summary>Under the lock: lets go of what nobody uses and nothing wants, the longest unused first.</summary>
    private void Trim()
    {
        _unloading.RemoveAll(task => task.IsCompleted);
        var idle = _slots
            .Where(entry => entry.Key != _active.Sha256 && entry.Key != _shadow?.Sha256 && entry.Value.Users == 0)
            .OrderByDescending(entry => entry.Value.LastUse)
            .ToList();

        // One that failed to load holds nothing, and the next who asks shall try again.
        foreach (var (sha256, slot) in idle.Where(entry => entry.Value.Session.IsFaulted).Concat(
            idle.Where(entry => entry.Value.Session.IsCompletedSuccessfully).Skip(_options.KeepLoaded)))
        {
            _slots.Remove(sha256);
            _unloading.Add(UnloadAsync(slot));
        }
    }

    private Task UnloadAsync(Slot slot) => Task.Run(async () =>
    {
        if (await Task.WhenAny(slot.Session) is { IsCompletedSuccessfully: true })
        {
            var session = await slot.Session;
            Log.Unloading(_logger, session.Model.Info.Name, session.Model.Info.Version, session.Model.Sha256);
            await session.Classifier.DisposeAsync();
        }
    });

    /// <summary>What a <see cref="LoadedModel"/> classifies with: holds the model for as long as one ECG takes.</summary>
    private sealed class PooledClassifier(ModelPool pool, ModelInfo model) : IEcgClassifier
    {
        public ModelInfo Model => model;

        public async Task<ClassificationResult> ClassifyAsync(
            ReadOnlyMemory<float> windows, WindowPriority priority, CancellationToken cancellationToken)
        {
            var (slot, session) = await pool.EnterAsync(model.Sha256, cancellationToken);
            try
            {
                return await session.Classifier.ClassifyAsync(windows, priority, cancellationToken);
            }
            finally
            {
                pool.Leave(slot);
            }
        }
    }

    private sealed record Session(EcgClassifier Classifier, LoadedModel Model);

    private sealed class Slot(Task<Session> session)
    {
        public Task<Session> Session => session;

        public int Users { get; set; }

        public long LastUse { get; set; }
    }
}
