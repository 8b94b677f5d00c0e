using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Persistence.Seeding;

/// <summary>Fills a database with invented studies, for measuring and for trying things out.</summary>
public interface ISeeding
{
    /// <summary>What the database holds.</summary>
    Task<SeedState> StateAsync(CancellationToken cancellationToken);

    /// <summary>Writes copies of studies, in one transaction.</summary>
    /// <param name="templates">What is copied, in turn.</param>
    /// <param name="first">Number of the first copy, from 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Cancels; then nothing of these is written.</param>
    Task WriteAsync(IReadOnlyList<SeedTemplate> templates, int first, int count, CancellationToken cancellationToken);
}

/// <summary>What a database holds.</summary>
/// <param name="Seeded">Invented studies.</param>
/// <param name="HasOthers">Whether there are events that are not invented.</param>
public sealed record SeedState(int Seeded, bool HasOthers);

/// <summary>A study to be copied, as the pipeline made it for the places named in <see cref="SeedPlaces"/>.</summary>
/// <param name="Ecg">The Observation, with its samples.</param>
/// <param name="InputSha256">Hash of its signal.</param>
/// <param name="ModelSha256">The model.</param>
/// <param name="Completion">Its result.</param>
public sealed record SeedTemplate(ReadOnlyMemory<byte> Ecg, string InputSha256, string ModelSha256, StudyCompletion Completion);

/// <summary>What stands in a template where each copy has something of its own.</summary>
public static class SeedPlaces
{
    /// <summary>Logical id of the ECG.</summary>
    public const string ObservationId = "seed-ecg-template";

    /// <summary>Logical id of the patient.</summary>
    public const string PatientId = "seed-patient-template";

    /// <summary>The study.</summary>
    public static Guid StudyId { get; } = new("5eed5eed-5eed-4eed-8eed-5eed5eed5eed");

    /// <summary>When the ECG was recorded; the result follows a second later.</summary>
    public static DateTimeOffset Recorded { get; } = new(2001, 2, 3, 4, 5, 6, TimeSpan.FromHours(9));

    /// <summary>When the result was made.</summary>
    public static DateTimeOffset Made { get; } = Recorded.AddSeconds(1);

    /// <summary>The sender of invented events.</summary>
    public const string Source = "seed";

    /// <summary>The priority all of them have.</summary>
    public const EventPriority Priority = EventPriority.Routine;
}
