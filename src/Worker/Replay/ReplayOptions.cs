using System.ComponentModel.DataAnnotations;

namespace EcgIntegration.Worker.Replay;

/// <summary>Section <c>Replay</c>.</summary>
internal sealed class ReplayOptions
{
    public const string Section = "Replay";

    /// <summary>Most ECGs of all replays together that lie on the replay queue or are in work.</summary>
    [Range(1, 10_000)]
    public int InFlight { get; init; } = 64;

    /// <summary>How long one ECG may take before it is handed out again.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);
}
