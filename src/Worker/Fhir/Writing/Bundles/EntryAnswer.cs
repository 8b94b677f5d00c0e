namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary>The answer to one entry.</summary>
/// <param name="Status">HTTP status.</param>
internal sealed record EntryAnswer(int Status)
{
    /// <summary>Where what was written lies, from the base on.</summary>
    public string? Location { get; init; }

    /// <summary>Entity tag.</summary>
    public string? ETag { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Where the event can be asked after under which an ECG is triaged.</summary>
    public string? Event { get; init; }

    /// <summary>The resource, UTF-8; empty where none is shown.</summary>
    public ReadOnlyMemory<byte> Resource { get; init; }

    /// <summary>An OperationOutcome that is written already, UTF-8; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Outcome { get; init; }

    /// <summary>What is wrong, or that nothing is.</summary>
    public IReadOnlyList<FhirProblem> Problems { get; init; } = [];

    /// <summary>The answer to a refused entry.</summary>
    public static EntryAnswer Refused(IReadOnlyList<FhirProblem> problems) => new(problems[0].Status) { Problems = problems };

    /// <summary>The answer to a write.</summary>
    public static async Task<EntryAnswer> OfAsync(HttpContext context, WriteOutcome outcome, ResourceWrites writes)
    {
        if (outcome.Result == WriteResult.Deleted)
        {
            return new(StatusCodes.Status204NoContent)
            {
                ETag = outcome.Version is { } version ? FhirResult.EntityTag(version).ToString() : null,
                LastModified = outcome.LastUpdated,
            };
        }

        var preference = ReturnPreferences.Of(context.Request);
        var stored = outcome.LastUpdated is null || preference == ReturnPreference.Representation
            ? await writes.ReadAsync(outcome, context.RequestAborted)
            : null;
        return new(outcome.Result == WriteResult.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK)
        {
            Location = WriteAnswer.PathOf(outcome),
            ETag = FhirResult.EntityTag(outcome.Version!.Value).ToString(),
            LastModified = stored?.LastUpdated ?? outcome.LastUpdated,
            Event = WriteAnswer.EventPath(context, outcome),
            Resource = preference == ReturnPreference.Representation ? stored!.Json : default,
            Problems = preference == ReturnPreference.OperationOutcome ? [WriteAnswer.Stored.At(outcome.Type)] : [],
        };
    }
}
