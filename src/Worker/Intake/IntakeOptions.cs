using System.ComponentModel.DataAnnotations;

namespace EcgIntegration.Worker.Intake;

/// <summary>Section <c>Intake</c>.</summary>
internal sealed class IntakeOptions
{
    public const string Section = "Intake";

    /// <summary>Largest event body read, in bytes; a 12-lead ECG of 10 s at 500 Hz has about 0.3 MB.</summary>
    [Range(1 << 16, 1 << 28)]
    public int MaxBodyBytes { get; init; } = 32 << 20;

    /// <summary>Bytes of event bodies in work at once, of stat and of routine events each; a larger body is worked on alone.</summary>
    [Range(1 << 20, 1L << 32)]
    public long MaxBytesInWork { get; init; } = 64 << 20;

    /// <summary>Routine events in work at once.</summary>
    [Range(1, 1024)]
    public int RoutineConcurrency { get; init; } = 16;

    /// <summary>Stat events in work at once, beside the routine ones.</summary>
    [Range(1, 1024)]
    public int StatConcurrency { get; init; } = 16;

    /// <summary>Replayed events in work at once: few, because they share the model and the database with new ECGs.</summary>
    [Range(1, 1024)]
    public int ReplayConcurrency { get; init; } = 2;

    /// <summary>Attempts before an ECG ends in <c>failed</c>.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; init; } = 8;

    /// <summary>
    /// An ECG still undecided after this long is taken up again, whatever became of its message: short enough that what a
    /// crash left lying is at work within a minute, long beside the fractions of a second that an ECG takes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan TakeUpAfter { get; init; } = TimeSpan.FromSeconds(45);
}
