using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Replay;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary>Replays for verbs: they lie in PostgreSQL, so that neither worker nor broker need run.</summary>
internal static class ReplayAccess
{
    /// <summary>Does something with the replays.</summary>
    public static Task<T> UseAsync<T>(Func<IReplayJobs, Task<T>> work) =>
        LedgerAccess.UseAsync(services => work(services.GetRequiredService<IReplayJobs>()));

    /// <summary>As the other one, for what selects ECGs.</summary>
    /// <exception cref="CommandException">The selection takes too long.</exception>
    public static async Task<T> SelectAsync<T>(Terminal terminal, Func<IReplayJobs, Task<T>> work)
    {
        try
        {
            return await UseAsync(work);
        }
        catch (ReplaySelectionSlowException e)
        {
            throw new CommandException(terminal.Say(ReplayReasons.SelectionSlow.En, ReplayReasons.SelectionSlow.Ja), e);
        }
    }

    /// <summary>Writes why a wish was refused.</summary>
    /// <returns>The exit code of wrong usage.</returns>
    public static int Refuse(Terminal terminal, IEnumerable<Reason> reasons)
    {
        foreach (var reason in reasons)
        {
            terminal.Warn(reason.En, reason.Ja);
        }

        return 2;
    }

    /// <summary>A replay by id or key.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static async Task<ReplayJob> FindAsync(IReplayJobs jobs, Terminal terminal, string job, CancellationToken cancellationToken) =>
        (Guid.TryParse(job, out var id) ? await jobs.FindAsync(id, cancellationToken) : null)
        ?? await jobs.FindByKeyAsync(job, cancellationToken)
        ?? throw new CommandException(terminal.Say(
            "There is no such replay: ecg replay list shows those there are.", "この再処理はありません。ecg replay list で一覧を表示します。"));

    /// <summary>The bundles as the worker of this configuration finds them.</summary>
    public static ReplayModels Models()
    {
        var options = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables("ECG_")
            .Build().GetSection(ModelOptions.Section).Get<ModelOptions>() ?? new ModelOptions();
        return new ReplayModels(BundleCatalogue.Of(options, Places.Home));
    }
}
