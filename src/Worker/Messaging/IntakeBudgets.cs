using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Intake;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Messaging;

/// <summary>One budget a priority: however large the routine ECGs in work are, a stat ECG does not wait for them.</summary>
internal sealed class IntakeBudgets(IOptions<IntakeOptions> options)
{
    private readonly IntakeBudget _stat = new(options.Value.MaxBytesInWork);
    private readonly IntakeBudget _routine = new(options.Value.MaxBytesInWork);

    /// <summary>The budget of one priority.</summary>
    public IntakeBudget Of(EventPriority priority) => priority == EventPriority.Stat ? _stat : _routine;
}
