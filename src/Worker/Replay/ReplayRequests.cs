using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Replay;

/// <summary>Takes wishes for replays, from whichever side they come.</summary>
internal sealed partial class ReplayRequests(
    IReplayJobs jobs,
    IReplayWork work,
    ReplayModels models,
    DatabasePatience patience,
    ServerAddresses addresses,
    TimeProvider time,
    ILogger<ReplayRequests> logger)
{
    private const string ByEvent = "event:";

    /// <summary>Times that a wish by event is tried whose selection takes too long: the database may have been busy, but not for ever.</summary>
    private const int MostSelections = 3;

    /// <summary>Submits a replay.</summary>
    /// <param name="values">Names and values.</param>
    /// <param name="requestedBy">Who asks.</param>
    /// <param name="keyUnlessGiven">The key of a request that gives none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ReplayAnswer> SubmitAsync(
        IReadOnlyList<KeyValuePair<string, string>> values, string requestedBy, string keyUnlessGiven, CancellationToken cancellationToken)
    {
        var reasons = ReplayParameters.TryRead(values, ReplayWords.Parameters, requestedBy, keyUnlessGiven, out var request);
        if (reasons.Count > 0)
        {
            return new(null, request.Key, reasons);
        }

        var (selection, unknown) = await models.ResolveLabelAsync(request.Selection, jobs, ReplayWords.Parameters, cancellationToken);
        if (unknown is not null)
        {
            return new(null, request.Key, [unknown]);
        }

        request = request with { Selection = selection };
        if (request.Model is { } name)
        {
            if (models.Resolve(name) is not { } sha256)
            {
                return new(null, request.Key, [ReplayReasons.ModelUnknown.At("model")]);
            }

            request = request with { Model = sha256, Typed = new Dictionary<string, string> { ["model"] = name } };
        }

        try
        {
            var submission = await jobs.SubmitAsync(request, cancellationToken);
            if (submission.IsNew)
            {
                LogSubmitted(logger, submission.Job.Id, request.DryRun, submission.Job.Counts.Total);
            }

            return new(submission.Job, request.Key, []);
        }
        catch (ReplayKeyReusedException e)
        {
            return new(null, request.Key, [ReplayReasons.Reused(e)]);
        }
        catch (ReplaySelectionSlowException)
        {
            return new(null, request.Key, [ReplayReasons.SelectionSlow.At(null)]);
        }
    }

    /// <summary>Takes a wish by event. One that is not understood is noted, and answered by <see cref="ReplayAnswers"/>.</summary>
    /// <returns>False where the body carries no usable event id, so that nobody could be answered.</returns>
    public async Task<bool> TryHandleAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var (eventId, usable) = EventReader.IdOf(body);
        if (!usable)
        {
            return false;
        }

        var key = eventId.ToString();
        var answer = ReplayMessages.TryReadParameters(body, addresses.Own, out var values, out var reason)
            ? await SubmitPatientlyAsync(values, SenderOf(body), key, cancellationToken)
            : new ReplayAnswer(null, key, [reason]);
        if (answer.Job is null)
        {
            LogRefused(logger, eventId, answer.Reasons[0].Code);
            var refusal = new ReplayRefusal(eventId, answer.Key, answer.Reasons, time.GetUtcNow());
            await patience.ExecuteAsync(async token => await work.RefuseAsync(refusal, token), cancellationToken);
        }

        return true;
    }

    private async Task<ReplayAnswer> SubmitPatientlyAsync(
        IReadOnlyList<KeyValuePair<string, string>> values, string sender, string key, CancellationToken cancellationToken)
    {
        ReplayAnswer? answer = null;
        for (var attempt = 0; attempt < MostSelections && answer?.IsTooSlow != false; attempt++)
        {
            await patience.ExecuteAsync(async token => answer = await SubmitAsync(values, sender, key, token), cancellationToken);
        }

        return answer!;
    }

    /// <summary>Anybody who may publish can claim any name: it stands behind a mark that no account and no client's name can begin with.</summary>
    private static string SenderOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("sourceSystem", out var source) && source.ValueKind == JsonValueKind.String
                ? ByEvent + PlainText.Of(source.GetString()!)
                : ByEvent + EventReader.UnknownSource;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ByEvent + EventReader.UnknownSource;
        }
    }

    [LoggerMessage(1601, LogLevel.Information, "Replay {Replay} was submitted (dry run: {DryRun}): {Total} ECGs.")]
    private static partial void LogSubmitted(ILogger logger, Guid replay, bool dryRun, int total);

    [LoggerMessage(1602, LogLevel.Warning, "A wish for a replay, event {EcgEvent}, was refused ({Code}).")]
    private static partial void LogRefused(ILogger logger, Guid ecgEvent, string code);
}

/// <summary>What became of a wish for a replay.</summary>
/// <param name="Job">The replay; <see langword="null"/> where it was refused.</param>
/// <param name="Key">Its key.</param>
/// <param name="Reasons">Why it was refused.</param>
internal sealed record ReplayAnswer(ReplayJob? Job, string Key, IReadOnlyList<Reason> Reasons)
{
    /// <summary>True where its selection takes too long.</summary>
    public bool IsTooSlow => Reasons.Any(reason => reason.Code == ReplayReasons.SelectionSlow.Code);
}
