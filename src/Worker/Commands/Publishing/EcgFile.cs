namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>One ECG to publish.</summary>
/// <param name="Source">Where it comes from, for people: a path, with a line number in NDJSON.</param>
/// <param name="Json">An Observation, or a whole event.</param>
/// <param name="Event">The event's own id and priority, where <paramref name="Json"/> is an event.</param>
/// <param name="Subject">The patient as <c>Patient/ID</c>, where the Observation says so.</param>
internal sealed record EcgFile(string Source, ReadOnlyMemory<byte> Json, EventHead? Event, string? Subject)
{
    /// <summary>Short name for tables.</summary>
    public string Name => Path.GetFileNameWithoutExtension(Source.Split(':')[0]);
}

/// <summary>What routes an event that is sent as it is.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Stat">Whether its priority is <c>stat</c>.</param>
internal sealed record EventHead(Guid EventId, bool Stat);
