using System.Collections.Concurrent;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Models;

/// <summary>
/// Follows the roles in the database: loads and warms up the model that a role names, and only then lets it take the place
/// of the one before. A model that this worker cannot load changes nothing but what it says of its health.
/// </summary>
/// <remarks>It asks once a second instead of listening: a notification that is missed on a lost connection has to be asked for anyway.</remarks>
internal sealed partial class ModelRoleFollower(
    IModelRoles roles, ModelPool pool, StartupGate gate, TimeProvider time, ILogger<ModelRoleFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ModelRole, Failure> _failures = new();
    private volatile ShadowAssignment? _shadow;
    private bool _databaseAway;

    /// <summary>The model in the shadow; <see langword="null"/> where there is none, or none that this worker can load.</summary>
    public ShadowAssignment? Shadow => _shadow;

    /// <summary>One sentence for each role that this worker cannot follow.</summary>
    public IReadOnlyList<string> Failures => [.. _failures.OrderBy(entry => entry.Key).Select(entry => entry.Value.Sentence)];

    /// <summary>Follows the roles as they are now. One caller at a time: the start, and then this service.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var current = await roles.CurrentAsync(cancellationToken);
        await FollowActiveAsync(current.Active, cancellationToken);
        await FollowShadowAsync(current.Shadow, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FollowAsync(stoppingToken);
                _databaseAway = false;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Once for an outage, however long it is: the models go on as they are.
                if (!_databaseAway)
                {
                    LogRolesUnknown(logger, e.GetType().Name);
                }

                _databaseAway = true;
            }
        }
    }

    private async Task FollowActiveAsync(ModelAssignment wanted, CancellationToken cancellationToken)
    {
        var before = pool.Active;
        if ((wanted.Sha256 ?? pool.Default.Sha256) == before.Sha256)
        {
            _failures.TryRemove(ModelRole.Active, out _);
            return;
        }

        var model = wanted.Sha256 is null ? pool.Default : await TryLoadAsync(ModelRole.Active, wanted.Sha256, cancellationToken);
        if (model is not null)
        {
            pool.Activate(model);
            LogActivated(logger, model.Info.Name, model.Info.Version, model.Sha256, before.Sha256);
        }
    }

    private async Task FollowShadowAsync(ModelAssignment wanted, CancellationToken cancellationToken)
    {
        if (wanted.Sha256 is null)
        {
            _failures.TryRemove(ModelRole.Shadow, out _);
        }

        if (wanted.Sha256 == _shadow?.Model.Sha256)
        {
            // Taken away and given back between two looks: what finished before is not its to read.
            _shadow = _shadow is { } same ? same with { Since = wanted.Since } : null;
            return;
        }

        var model = wanted.Sha256 is null ? null : await TryLoadAsync(ModelRole.Shadow, wanted.Sha256, cancellationToken);
        if (model is not null || _shadow is not null)
        {
            pool.ShadowWith(model);
            _shadow = model is null ? null : new(model, wanted.Since);
            LogShadow(logger, model?.Info.Name ?? "none", model?.Sha256 ?? "none");
        }
    }

    /// <summary>The model, or <see langword="null"/> where it cannot be loaded; what failed is not tried again at once.</summary>
    private async Task<LoadedModel?> TryLoadAsync(ModelRole role, string sha256, CancellationToken cancellationToken)
    {
        var known = _failures.GetValueOrDefault(role);
        if (known?.Sha256 == sha256 && time.GetElapsedTime(known.At) < TryAgainAfter)
        {
            return null;
        }

        try
        {
            var model = await pool.GetAsync(sha256, cancellationToken);
            _failures.TryRemove(role, out _);
            return model;
        }
        catch (Exception e) when (e is ModelUnavailableException or DeviceUnavailableException)
        {
            if (known?.Sha256 != sha256)
            {
                LogCannotFollow(logger, role, e.Message);
            }

            var what = role is ModelRole.Active
                ? $"The active model cannot be loaded, so {pool.Active.Info.Name} ({ModelUnavailableException.Short(pool.Active.Sha256)}) runs in its place"
                : "The shadow model cannot be loaded, so there is none";
            _failures[role] = new(sha256, $"{what}. {e.Message}", time.GetTimestamp());
            return null;
        }
    }

    [LoggerMessage(2101, LogLevel.Information, "Model {Name} {Version} ({Sha256}) is active now, in place of {Before}.")]
    private static partial void LogActivated(ILogger logger, string name, string version, string sha256, string before);

    [LoggerMessage(2102, LogLevel.Information, "The model in the shadow is {Name} ({Sha256}) now.")]
    private static partial void LogShadow(ILogger logger, string name, string sha256);

    [LoggerMessage(2103, LogLevel.Error, "The model that is to be {Role} cannot be loaded; it is tried again by itself. {Why}")]
    private static partial void LogCannotFollow(ILogger logger, ModelRole role, string why);

    [LoggerMessage(2104, LogLevel.Warning, "The roles of models cannot be read ({Fault}); the models stay as they are until they can.")]
    private static partial void LogRolesUnknown(ILogger logger, string fault);

    private sealed record Failure(string Sha256, string Sentence, long At);
}
