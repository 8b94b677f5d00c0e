namespace EcgIntegration.TestKit;

/// <summary>Waiting for a condition, instead of for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="what">What is waited for, for the message of a failure.</param>
    /// <param name="condition">The question.</param>
    /// <param name="limit">Longest time to wait; 60 s unless given.</param>
    /// <exception cref="TimeoutException">It did not come true in time.</exception>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > (limit ?? TimeSpan.FromSeconds(60)))
            {
                throw new TimeoutException($"Did not come true in time: {what}.");
            }

            await Task.Delay(Interval);
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    public static Task TrueAsync(string what, Func<bool> condition, TimeSpan? limit = null) =>
        TrueAsync(what, () => Task.FromResult(condition()), limit);
}
