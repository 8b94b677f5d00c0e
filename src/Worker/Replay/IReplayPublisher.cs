using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;

namespace EcgIntegration.Worker.Replay;

/// <summary>What replays ask of the broker. Each task ends when the broker has confirmed the message.</summary>
internal interface IReplayPublisher
{
    /// <summary>Puts an ECG on the replay queue.</summary>
    Task PublishAsync(ReplayTicket ticket, CancellationToken cancellationToken);

    /// <summary>Tells of the end of a replay.</summary>
    Task PublishAsync(ReplayFinished finished, CancellationToken cancellationToken);
}
