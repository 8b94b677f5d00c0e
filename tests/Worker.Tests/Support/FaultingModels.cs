using System.Collections.Concurrent;
using EcgIntegration.Worker.Classification;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The real models behind ones that fail their first calls, as a device out of memory does, at once or after a task; notes when they were called.</summary>
internal sealed class FaultingModels(IModelPool inner, int faults, TimeProvider time, Task? faultsAfter = null) : IModelPool
{
    private readonly ConcurrentQueue<DateTimeOffset> _calls = new();
    private int _left = faults;

    public LoadedModel Active => Faulting(inner.Active);

    public LoadedModel? Shadow => inner.Shadow;

    /// <summary>When one was called, in order.</summary>
    public IReadOnlyList<DateTimeOffset> Calls => [.. _calls];

    /// <summary>Puts them in the real ones' place.</summary>
    public static void Install(IServiceCollection services, int faults, TimeProvider time, Action<FaultingModels>? made = null, Task? faultsAfter = null)
    {
        var real = services.Single(service => service.ServiceType == typeof(IModelPool));
        services.Remove(real);
        services.AddSingleton<IModelPool>(provider =>
        {
            var models = new FaultingModels((IModelPool)real.ImplementationFactory!(provider), faults, time, faultsAfter);
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

        public async Task<ClassificationResult> ClassifyAsync(
            ReadOnlyMemory<float> windows, WindowPriority priority, CancellationToken cancellationToken)
        {
            if (models.Faults())
            {
                await models.FaultsAfter.WaitAsync(cancellationToken);
                throw new InvalidOperationException("The device is out of memory.");
            }

            return await inner.ClassifyAsync(windows, priority, cancellationToken);
        }
    }

    private Task FaultsAfter => faultsAfter ?? Task.CompletedTask;

    private bool Faults()
    {
        _calls.Enqueue(time.GetUtcNow());
        return Interlocked.Decrement(ref _left) >= 0;
    }
}
