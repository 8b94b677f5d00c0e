namespace EcgIntegration.Worker.Classification;

/// <summary>The models of this worker: one that new ECGs are analysed by, perhaps one in its shadow, and others on demand.</summary>
internal interface IModelPool
{
    /// <summary>
    /// The model for new ECGs. Take it once and keep it for what belongs together: the next call may give another one.
    /// </summary>
    LoadedModel Active { get; }

    /// <summary>The model that is tried out beside the active one; <see langword="null"/> where there is none.</summary>
    LoadedModel? Shadow { get; }

    /// <summary>A model by its identity, loaded where it is not: a study is analysed by the model that its ledger row names.</summary>
    /// <param name="sha256">SHA-256 of the model, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Stops waiting; the loading goes on for whoever asks next.</param>
    /// <exception cref="ModelUnavailableException">No usable bundle of it is here.</exception>
    /// <exception cref="ClassifierStoppingException">The worker is shutting down: try again later.</exception>
    /// <exception cref="DeviceUnavailableException">The device ordered does not work.</exception>
    Task<LoadedModel> GetAsync(string sha256, CancellationToken cancellationToken);
}
