using System.Text;
using EcgIntegration.TestKit.Load;
using EcgIntegration.Worker.Intake;

namespace EcgIntegration.Worker.Tests.EndToEnd.Chaos;

/// <summary>
/// The messages of a chaos run, in the order they are sent: ECGs, stat ones among them, the same event twice, the same ECG
/// under two events, corrections (some before what they correct), withdrawals, and messages that are no ECG.
/// </summary>
internal sealed class ChaosLoad
{
    private const string Prefix = "chaos";
    private static readonly DateTimeOffset Start = new(2026, 4, 1, 9, 0, 0, TimeSpan.FromHours(9));

    private readonly EcgVariants _variants = new();
    private readonly Random _random;
    private readonly List<OutgoingEvent> _messages = [];

    public ChaosLoad(Random random, int ecgs)
    {
        _random = random;
        for (var number = 0; number < ecgs; number++)
        {
            AddEcg(number);
        }
    }

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<OutgoingEvent> Messages => _messages;

    /// <summary>The events that must be answered, each once.</summary>
    public IReadOnlySet<Guid> Events => _messages.Select(message => message.EventId).ToHashSet();

    /// <summary>ECGs that were neither corrected nor withdrawn, with all events that carry them.</summary>
    public List<Guid[]> Plain { get; } = [];

    /// <summary>Corrected ECGs: the event of the first version and of the one that must be current.</summary>
    public List<(Guid First, Guid Current)> Corrected { get; } = [];

    /// <summary>Withdrawn ECGs.</summary>
    public List<string> Withdrawn { get; } = [];

    /// <summary>Events that no result can come of.</summary>
    public List<Guid> Invalid { get; } = [];

    private void AddEcg(int number)
    {
        var stat = _random.Next(5) == 0;
        var body = _variants.Ecg(number, Prefix);
        switch (_random.Next(20))
        {
            case 0:
                Invalid.Add(Add(stat, number, _variants.WithUnknownUnit(number, Prefix)));
                break;
            case 1:
                AddNameless(number, stat);
                break;
            case 2 or 3:
                var current = _variants.Corrected(number, Prefix);
                Corrected.Add(InEitherOrder(() => Add(stat, number, body), () => Add(_random.Next(2) == 0, number, current, TimeSpan.FromHours(1))));
                break;
            case 4:
                var withdrawal = _variants.EnteredInError(number, Prefix);
                InEitherOrder(() => Add(stat, number, body), () => Add(stat, number, withdrawal, TimeSpan.FromHours(1)));
                Withdrawn.Add(EcgVariants.IdOf(number, Prefix));
                break;
            case 5 or 6:
                // The same message, as of a publisher that did not get its confirm.
                Plain.Add([Add(stat, number, body)]);
                Insert(_messages[^1]);
                break;
            case 7 or 8:
                // The same ECG from two sides, one of them perhaps in a hurry.
                Plain.Add([Add(false, number, body), Add(stat, number, body)]);
                break;
            default:
                Plain.Add([Add(stat, number, body)]);
                break;
        }
    }

    /// <summary>No event id: the worker derives one from the body.</summary>
    private void AddNameless(int number, bool stat)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"sourceSystem":"load","number":{{number}}}""");
        var id = EventReader.DeriveId(body);
        _messages.Add(new OutgoingEvent(id, stat, body));
        Invalid.Add(id);
    }

    private (Guid First, Guid Second) InEitherOrder(Func<Guid> first, Func<Guid> second)
    {
        if (_random.Next(5) > 0)
        {
            return (first(), second());
        }

        var later = second();
        return (first(), later);
    }

    private Guid Add(bool stat, int number, byte[] observation, TimeSpan later = default)
    {
        var message = OutgoingEvent.Of(NewId(), stat, Start.AddSeconds(number) + later, observation);
        _messages.Add(message);
        return message.EventId;
    }

    private void Insert(OutgoingEvent message) => _messages.Insert(Math.Max(0, _messages.Count - _random.Next(1, 20)), message);

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
