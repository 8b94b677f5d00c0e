namespace EcgIntegration.Fuzz;

/// <summary>What to run.</summary>
/// <param name="Cases">How many, over all targets.</param>
/// <param name="Seed">Another one gives other cases.</param>
/// <param name="Threads">How many at once.</param>
/// <param name="Target">Only this target; all where <see langword="null"/>.</param>
/// <param name="Limit">Most CPU time of one case.</param>
/// <param name="LimitBytes">Most bytes that one case may allocate.</param>
/// <param name="Folder">Where findings go.</param>
internal sealed record FuzzOptions(long Cases, ulong Seed, int Threads, string? Target, TimeSpan Limit, long LimitBytes, string Folder)
{
    /// <summary>A case that runs this long is taken for one without end.</summary>
    public static TimeSpan HangLimit => TimeSpan.FromSeconds(60);
}
