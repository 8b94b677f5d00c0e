using EcgIntegration.Persistence.Hosting;
using Polly;
using Polly.Retry;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Repeats idempotent work for as long as the database, or the broker that an outcome goes to, is away. Meanwhile the message stays with the broker,
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
                    LogRetry(logger, arguments);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    public ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(work, cancellationToken);

    private static void LogRetry(ILogger logger, OnRetryArguments<object> retry)
    {
        var (fault, attempt, delayMs) = (retry.Outcome.Exception!, retry.AttemptNumber + 1, retry.RetryDelay.TotalMilliseconds);
        if (DatabaseFaults.IsOfDatabase(fault))
        {
            LogDatabaseAway(logger, attempt, delayMs, fault.GetType().Name);
        }
        else
        {
            LogBrokerAway(logger, attempt, delayMs, fault.GetType().Name);
        }
    }

    [LoggerMessage(1201, LogLevel.Warning, "The database does not answer ({Fault}); attempt {Attempt} is repeated in {DelayMs:0} ms.")]
    private static partial void LogDatabaseAway(ILogger logger, int attempt, double delayMs, string fault);

    [LoggerMessage(1202, LogLevel.Warning, "The broker does not answer ({Fault}); attempt {Attempt} is repeated in {DelayMs:0} ms.")]
    private static partial void LogBrokerAway(ILogger logger, int attempt, double delayMs, string fault);
}
