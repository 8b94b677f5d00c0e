using System.Net.Http.Headers;
using EcgIntegration.Persistence.Subscriptions;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>
/// Tells subscribers, in the order of events, at least once. A subscriber that does not answer holds up nobody else, and is
/// switched off after repeated failure: the events wait for it.
/// </summary>
internal sealed partial class SubscriptionDeliverer(
    ISubscriptionWork work,
    IHttpClientFactory clients,
    AllowedEndpoints allowed,
    StartupGate gate,
    ServerAddresses addresses,
    IOptions<SubscriptionOptions> options,
    TimeProvider time,
    ILogger<SubscriptionDeliverer> logger) : BackgroundService
{
    /// <summary>Name of the client that calls subscribers.</summary>
    public const string Client = "subscriptions";

    private const int AtOnce = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SubscriptionOptions _options = options.Value;
    private readonly Notification _notification = new(addresses.Public);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // What was not noted as delivered is still due in the next round.
                LogRoundEnded(logger, e.GetType().Name);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var lead = await work.TryLeadAsync(cancellationToken);
        while (lead is not null)
        {
            var due = await work.DueAsync(AtOnce, cancellationToken);
            if (due.Count == 0)
            {
                return;
            }

            await Task.WhenAll(due.Select(notification => DeliverAsync(notification, cancellationToken)));
        }
    }

    private async Task DeliverAsync(PendingNotification notification, CancellationToken cancellationToken)
    {
        var failure = await SendAsync(notification, cancellationToken);
        if (failure is null)
        {
            await work.DeliveredAsync(notification, cancellationToken);
            LogDelivered(logger, notification.Subscription, notification.Event?.Number ?? 0);
            return;
        }

        var attempts = notification.Attempts + 1;
        if (attempts < _options.MaxAttempts && failure != SubscriptionFailure.NotAllowed)
        {
            var delay = RetryDelay.After(attempts, Random.Shared.NextDouble());
            await work.PutOffAsync(notification, time.GetUtcNow() + delay, cancellationToken);
            LogPutOff(logger, notification.Subscription, failure, attempts, delay.TotalSeconds);
            return;
        }

        await work.SwitchOffAsync(
            notification,
            SubscriptionFailure.Error(failure, attempts),
            SubscriptionFailure.Task(notification.Subscription, failure, time.GetUtcNow()),
            cancellationToken);
        LogSwitchedOff(logger, notification.Subscription, failure, attempts);
    }

    /// <returns>What went wrong, in a form that names nothing of the subscriber's answer; <see langword="null"/> where it took the notification.</returns>
    private async Task<string?> SendAsync(PendingNotification notification, CancellationToken cancellationToken)
    {
        // Asked again each time: what is allowed may have changed since the Subscription was made.
        if (allowed.Find(notification.Endpoint) is not { } endpoint)
        {
            return SubscriptionFailure.NotAllowed;
        }

        var status = notification.Event is null ? "requested" : "active";
        using var request = new HttpRequestMessage(HttpMethod.Post, notification.Endpoint)
        {
            Content = new ReadOnlyMemoryContent(_notification.Write(notification, status, time.GetUtcNow())),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(FhirResult.ContentType);
        if (endpoint.Authorization is { Length: > 0 } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var limit = new CancellationTokenSource(_options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"HTTP {(int)response.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SubscriptionFailure.TimedOut;
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError.ToString();
        }
    }

    [LoggerMessage(2201, LogLevel.Information, "Subscription {Subscription} was told of event {Number}.")]
    private static partial void LogDelivered(ILogger logger, string subscription, long number);

    [LoggerMessage(2202, LogLevel.Warning, "Subscription {Subscription} did not take a notification ({Failure}), attempt {Attempt}; the next follows in {DelaySeconds:0} s.")]
    private static partial void LogPutOff(ILogger logger, string subscription, string failure, int attempt, double delaySeconds);

    [LoggerMessage(2203, LogLevel.Error, "Subscription {Subscription} is switched off ({Failure}) after {Attempts} attempts; its events wait until it is requested again.")]
    private static partial void LogSwitchedOff(ILogger logger, string subscription, string failure, int attempts);

    [LoggerMessage(2204, LogLevel.Warning, "A round of notifications ended early ({Fault}); the next one goes on.")]
    private static partial void LogRoundEnded(ILogger logger, string fault);
}
