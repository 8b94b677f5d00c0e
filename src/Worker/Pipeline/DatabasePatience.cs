using EcgIntegration.Persistence.Hosting;
using Polly;
using Polly.Retry;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Repeats idempotent work for as long as the database is away. Meanwhile the message stays with the broker,
/// unacknowledged, and the prefetch limit keeps more from coming: an outage costs time, not ECGs.
/// </summary>
internal sealed partial class DatabasePatience
{
    private readonly ResiliencePipeline _pipeline;

    public DatabasePatience(TimeProvider time, ILogger<DatabasePatience> logger) =>
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(DatabaseFaults.IsTransient),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(10),
                UseJitter = true,
                OnRetry = arguments =>
                {
                    LogWaiting(logger, arguments.AttemptNumber + 1, arguments.RetryDelay.TotalMilliseconds, arguments.Outcome.Exception!.GetType().Name);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    public ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(work, cancellationToken);

    [LoggerMessage(1201, LogLevel.Warning, "The database does not answer ({Fault}); attempt {Attempt} is repeated in {DelayMs:0} ms.")]
    private static partial void LogWaiting(ILogger logger, int attempt, double delayMs, string fault);
}
