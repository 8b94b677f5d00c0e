using System.Collections.Frozen;
using System.Globalization;
using EcgIntegration.Contracts.Events;

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
    string Key, ReplaySelection Selection, string? Model, bool DryRun, string Why, string RequestedBy, int? PerMinute)
{
    /// <summary>
    /// What was typed, by the names that HTTP and events use, where that is not what it came to: an age that is a moment by now,
    /// or a model's name. Typed again it is the same wish, whatever it comes to then.
    /// </summary>
    public IReadOnlyDictionary<string, string> Typed { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>All that was asked for, as it was typed where that is known.</summary>
    internal IReadOnlyDictionary<string, string> Asked()
    {
        var asked = new Dictionary<string, string>(Resolved());
        foreach (var (name, text) in Typed)
        {
            asked[name] = text;
        }

        return asked;
    }

    /// <summary>All that was asked for, by what it came to.</summary>
    internal IReadOnlyDictionary<string, string> Resolved()
    {
        (string Name, string? Value)[] all =
        [
            ("from", Moment(Selection.ReceivedFrom)),
            ("before", Moment(Selection.ReceivedBefore)),
            ("patient", Selection.Patient),
            ("source", Selection.SourceSystem),
            ("status", Selection.Status is { } status ? WireName.Of(status) : null),
            ("urgency", Selection.Urgency is { } urgency ? WireName.Of(urgency) : null),
            ("label", Selection.Label),
            ("fromModel", Selection.FromModel),
            ("reason", Selection.Reason),
            ("model", Model),
            ("dryRun", DryRun ? "true" : "false"),
            ("why", Why),
            ("perMinute", PerMinute?.ToString(CultureInfo.InvariantCulture)),
        ];
        return all.Where(given => given.Value is not null).ToDictionary(given => given.Name, given => given.Value!);
    }

    private static string? Moment(DateTimeOffset? at) => at?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}

/// <summary>A selection takes longer than is allowed: it has to be narrowed, or tried when less is going on.</summary>
public sealed class ReplaySelectionSlowException : Exception
{
    /// <summary>Made where the store finds it out.</summary>
    public ReplaySelectionSlowException()
        : base("The selection takes too long.")
    {
    }

    /// <inheritdoc/>
    public ReplaySelectionSlowException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public ReplaySelectionSlowException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A replay was submitted before under the same key, and asked for something else.</summary>
public sealed class ReplayKeyReusedException : Exception
{
    /// <summary>Made where the store finds it out.</summary>
    /// <param name="jobId">The replay that has the key.</param>
    /// <param name="differences">Names of what it asked for otherwise.</param>
    public ReplayKeyReusedException(Guid jobId, IReadOnlyList<string> differences)
        : this()
    {
        JobId = jobId;
        Differences = differences;
    }

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

    /// <summary>The replay that has the key.</summary>
    public Guid JobId { get; }

    /// <summary>Names of what it asked for otherwise, as HTTP and events use them.</summary>
    public IReadOnlyList<string> Differences { get; } = [];
}
