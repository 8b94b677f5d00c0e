using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Replay;

namespace EcgIntegration.Persistence.Tests.Replay;

/// <summary>Replays of invented ECGs; each test has a source system of its own.</summary>
internal static class Replays
{
    public const string Model = "0123456789abcdef";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static ReplayRequest Request(ReplaySelection selection, string? key = null, bool dryRun = false, int? perMinute = null) =>
        new(key ?? Ecgs.NewId(), selection, Model: null, dryRun, "to see", "tests", perMinute);

    public static ReplayLimits Limits(int inFlight = 100, int attempts = 3) =>
        new(inFlight, TimeSpan.FromMinutes(2), attempts, Model, Ecgs.Reason);

    /// <summary>A number of classified ECGs of one source.</summary>
    public static async Task<string> ClassifiedAsync(this MigratedDatabase database, int count, string? patient = "Patient/p1")
    {
        var source = Ecgs.NewId();
        for (var i = 0; i < count; i++)
        {
            await database.ClassifyAsync(source, patient);
        }

        return source;
    }

    public static async Task<LedgerEntry> ClassifyAsync(this MigratedDatabase database, string source, string? patient = "Patient/p1", string? id = null)
    {
        id ??= Ecgs.NewId();
        var received = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id, patient), id, source), Stop);
        var completion = Ecgs.Completion("r" + id, patient) with { Lineage = id };
        return await database.Ledger.CompleteAsync(received.Entry.EventId, completion, Stop);
    }

    public static async Task<ReplayJob> SubmitAsync(this MigratedDatabase database, string source, int? perMinute = null) =>
        (await database.Get<IReplayJobs>().SubmitAsync(Request(new() { SourceSystem = source }, perMinute: perMinute), Stop)).Job;

    /// <summary>Hands out what the limits allow of one replay.</summary>
    public static async Task<IReadOnlyList<ReplayTicket>> HandOutAsync(this MigratedDatabase database, Guid job, ReplayLimits? limits = null) =>
        [.. (await database.Get<IReplayWork>().HandOutAsync(limits ?? Limits(), Stop)).Where(ticket => ticket.JobId == job)];
}
