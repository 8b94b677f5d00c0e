using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Intake;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>Event bodies: an event or a refusal, one id for a body.</summary>
internal sealed class EventTarget() : FuzzTarget("event")
{
    private const int MaxBytes = 32 << 20;

    public override IReadOnlyList<byte[]> Seeds => SeedEcgs.SmallEvents;

    public override IReadOnlyList<byte[]> LargeSeeds { get; } = [.. SeedEcgs.Whole.Select(SeedEcgs.Event)];

    public override string Run(byte[] input)
    {
        var (id, usable) = EventReader.IdOf(input);
        Require(id != Guid.Empty, "The id is empty.");
        if (!EventReader.TryRead(input, EventNames.ReceivedRoutine, MaxBytes, out var ecgEvent, out var refused))
        {
            Require(refused.Reasons.Count > 0, "Refused without a reason.");
            Require(!refused.EventIdUsable || usable, "Two answers to whether the id is usable.");
            Require(refused.EventId == id, "Two ids for one body.");
            return refused.Reasons[0].Code;
        }

        Require(usable && ecgEvent.EventId == id, "Two ids for one body.");
        Require((ecgEvent.StoredObservationId is null) != ecgEvent.Observation.IsEmpty, "Neither an Observation nor a reference, or both.");
        return ecgEvent.StoredObservationId is null ? "observation" : "reference";
    }
}

/// <summary>A whole event to what the store would take of it, and back.</summary>
internal sealed class IncomingEcgTarget() : FuzzTarget("incoming")
{
    public override IReadOnlyList<byte[]> Seeds => SeedEcgs.Small;

    public override IReadOnlyList<byte[]> LargeSeeds => SeedEcgs.Whole;

    public override string Run(byte[] input)
    {
        if (!Worker.Pipeline.IncomingEcg.TryRead(input, out var ecg, out var reasons))
        {
            Require(reasons.Count > 0, "Refused without a reason.");
            return reasons[0].Code;
        }

        var key = EcgIdentity.Of(ecg.Envelope);
        Require(key.Length == 64 && key == EcgIdentity.Of(ecg.Envelope), "No stable identity.");
        Require(ecg.Recording.ComputeSha256().Length == 64, "No hash of the signal.");
        try
        {
            using var resource = Persistence.Resources.PreparedResource.From("Observation", input);
            return "stored";
        }
        catch (Persistence.Resources.UnstorableContentException e)
        {
            return e.Reason.Code;
        }
    }
}

/// <summary>The head that the command line reads.</summary>
internal sealed class EventHeadTarget() : FuzzTarget("event-head")
{
    public override IReadOnlyList<byte[]> Seeds => SeedEcgs.SmallEvents;

    public override string Run(byte[] input)
    {
        try
        {
            var head = Worker.Commands.Publishing.EventHead.Read(input);
            return head.EventId is null ? "observation" : "event";
        }
        catch (System.Text.Json.JsonException)
        {
            return "no-json";
        }
    }
}
