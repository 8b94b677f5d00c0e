using System.Collections.Concurrent;
using EcgIntegration.Worker.Classification;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The real models behind ones that fail their first calls, as a device out of memory does; notes when they were called.</summary>
internal sealed class FaultingModels(IModelPool inner, int faults, TimeProvider time) : IModelPool
{
    private readonly ConcurrentQueue<DateTimeOffset> _calls = new();
    private int _left = faults;

    public LoadedModel Active => Faulting(inner.Active);

    public LoadedModel? Shadow => inner.Shadow;

    /// <summary>When one was called, in order.</summary>
    public IReadOnlyList<DateTimeOffset> Calls => [.. _calls];

    /// <summary>Puts them in the real ones' place.</summary>
    public static void Install(IServiceCollection services, int faults, TimeProvider time, Action<FaultingModels>? made = null)
    {
        var real = services.Single(service => service.ServiceType == typeof(IModelPool));
        services.Remove(real);
        services.AddSingleton<IModelPool>(provider =>
        {
            var models = new FaultingModels((IModelPool)real.ImplementationFactory!(provider), faults, time);
            made?.Invoke(models);
            return models;
        });
    }

    public async Task<LoadedModel> GetAsync(string sha256, CancellationToken cancellationToken) =>
        Faulting(await inner.GetAsync(sha256, cancellationToken));

    private LoadedModel Faulting(LoadedModel model) => model with { Classifier = new FaultingClassifier(this, model.Classifier) };

    private sealed class FaultingClassifier(FaultingModels models, IEcgClassifier inner) : IEcgClassifier
    {
        public ModelInfo Model => inner.Model;

        public Task<ClassificationResult> ClassifyAsync(ReadOnlyMemory<float> windows, WindowPriority priority, CancellationToken cancellationToken)
        {
            models._calls.Enqueue(models.Now());
            return Interlocked.Decrement(ref models._left) >= 0
                ? throw new InvalidOperationException("The device is out of memory.")
                : inner.ClassifyAsync(windows, priority, cancellationToken);
        }
    }

    private DateTimeOffset Now() => time.GetUtcNow();
}
