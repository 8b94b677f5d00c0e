namespace EcgIntegration.Fuzz;

/// <summary>What was seen of one target, by one thread.</summary>
internal sealed class TargetFigures
{
    /// <summary>Cases run.</summary>
    public long Cases { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Time on a core.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>The slowest case.</summary>
    public (TimeSpan Time, long Number) Slowest { get; private set; }

    /// <summary>The case that allocated most.</summary>
    public (long Bytes, long Number) Largest { get; private set; }

    /// <summary>How often which end.</summary>
    public Dictionary<string, long> Outcomes { get; } = [];

    public void Add(long number, int length, TimeSpan time, long allocated, string outcome)
    {
        Cases++;
        Bytes += length;
        Time += time;
        Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
        Slowest = time > Slowest.Time ? (time, number) : Slowest;
        Largest = allocated > Largest.Bytes ? (allocated, number) : Largest;
    }

    public void Add(TargetFigures other)
    {
        Cases += other.Cases;
        Bytes += other.Bytes;
        Time += other.Time;
        Slowest = other.Slowest.Time > Slowest.Time ? other.Slowest : Slowest;
        Largest = other.Largest.Bytes > Largest.Bytes ? other.Largest : Largest;
        foreach (var (outcome, count) in other.Outcomes)
        {
            Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + count;
        }
    }
}
