namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// How long an ECG waits after a fault. The nominal delay doubles with every attempt, from 4 s to 5 min; the real one is
/// drawn between half of it and all of it. So ECGs that failed together, as on a device that ran out of memory, do not come
/// back together, and each delay is still at least as long as the one before.
/// </summary>
internal static class RetryDelay
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The upper bound after this many attempts.</summary>
    /// <param name="attempts">Attempts begun, at least 1.</param>
    public static TimeSpan Nominal(int attempts) =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(attempts - 1, 0, 20)));

    /// <summary>The delay after this many attempts.</summary>
    /// <param name="attempts">Attempts begun, at least 1.</param>
    /// <param name="chance">From 0, half the nominal delay, to 1, all of it.</param>
    public static TimeSpan After(int attempts, double chance) => Nominal(attempts) * (0.5 + (Math.Clamp(chance, 0, 1) / 2));
}
