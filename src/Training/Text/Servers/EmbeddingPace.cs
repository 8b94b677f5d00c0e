namespace EcgIntegration.Training.Text.Servers;

/// <summary>How an embedding server is asked.</summary>
internal sealed record EmbeddingPace
{
    /// <summary>Texts a request.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Tries in all before the run ends.</summary>
    public int Tries { get; init; } = 4;

    /// <summary>Longest time for one answer; a large model on a CPU takes its time.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time before the second try; it doubles from there.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait that a server's <c>Retry-After</c> is followed for.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);
}
