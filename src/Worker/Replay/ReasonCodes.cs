using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Signals;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Replay;

/// <summary>The reason codes that an ECG in the ledger can carry.</summary>
internal static class ReasonCodes
{
    public static IReadOnlySet<string> OfEcgs { get; } = new[]
    {
        EventReasons.All, StorageReasons.All, SignalReasons.All, ClassificationReasons.All, SuggestionReasons.All,
    }.SelectMany(definitions => definitions).Select((ReasonDefinition definition) => definition.Code).ToHashSet(StringComparer.Ordinal);
}
