using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The real publisher behind one whose confirmations do not come before a task has ended.</summary>
internal sealed class BlockedPublisher(IOutcomePublisher inner, Task opened) : IOutcomePublisher
{
    /// <summary>Puts it in the real one's place.</summary>
    public static void Install(IServiceCollection services, Task opened)
    {
        var real = services.Single(service => service.ServiceType == typeof(IOutcomePublisher));
        services.Remove(real);
        services.AddSingleton<IOutcomePublisher>(provider =>
            new BlockedPublisher((IOutcomePublisher)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!), opened));
    }

    public async Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken)
    {
        await opened.WaitAsync(cancellationToken);
        await inner.PublishAsync(outcome, cancellationToken);
    }

    public Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken) => inner.PublishAsync(notice, cancellationToken);
}
