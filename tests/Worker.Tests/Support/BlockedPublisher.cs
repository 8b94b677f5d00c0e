using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The real publisher behind one whose confirmations, of outcomes or of notices, do not come before a task has ended.</summary>
internal sealed class BlockedPublisher(IOutcomePublisher inner, Task outcomes, Task notices) : IOutcomePublisher
{
    /// <summary>Puts it in the real one's place.</summary>
    public static void Install(IServiceCollection services, Task? outcomes = null, Task? notices = null)
    {
        var real = services.Single(service => service.ServiceType == typeof(IOutcomePublisher));
        services.Remove(real);
        services.AddSingleton<IOutcomePublisher>(provider =>
            new BlockedPublisher((IOutcomePublisher)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!), outcomes ?? Task.CompletedTask, notices ?? Task.CompletedTask));
    }

    public async Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken)
    {
        await outcomes.WaitAsync(cancellationToken);
        await inner.PublishAsync(outcome, cancellationToken);
    }

    public async Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken)
    {
        await notices.WaitAsync(cancellationToken);
        await inner.PublishAsync(notice, cancellationToken);
    }
}
