namespace EcgIntegration.Persistence.Replay;

/// <summary>A replay as it is asked for.</summary>
/// <param name="Key">The same key is the same replay, however often it is submitted: up to 128 letters, digits and <c>._:-</c>.</param>
/// <param name="Selection">Which ECGs.</param>
/// <param name="Model">SHA-256 of the model that is to read; <see langword="null"/> for the one active when the replay begins.</param>
/// <param name="DryRun">True to compare only, and write no result.</param>
/// <param name="Why">Why, in the operator's words; kept and audited.</param>
/// <param name="RequestedBy">Who asks.</param>
/// <param name="PerMinute">Most ECGs a minute; <see langword="null"/> for as many as the replay queue takes.</param>
public sealed record ReplayRequest(
    string Key, ReplaySelection Selection, string? Model, bool DryRun, string Why, string RequestedBy, int? PerMinute);

/// <summary>A replay was submitted before under the same key, and asked for something else.</summary>
public sealed class ReplayKeyReusedException : Exception
{
    /// <summary>Made where the store finds it out.</summary>
    public ReplayKeyReusedException()
        : base("The key belongs to a replay that asks for something else: choose another key.")
    {
    }

    /// <inheritdoc/>
    public ReplayKeyReusedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public ReplayKeyReusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
