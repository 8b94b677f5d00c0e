using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Quality;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>A verdict, and how the model ran; <see langword="null"/> where the signal did not allow it to.</summary>
internal sealed record EcgAnalysis(Verdict Verdict, Execution? Execution);

/// <summary>Signal to verdict: quality first, because what cannot be analysed must never look like a finding or a normal.</summary>
internal sealed class EcgAnalyser(ModelBundle bundle, IEcgClassifier classifier)
{
    public async Task<EcgAnalysis> AnalyseAsync(EcgRecording recording, EventPriority priority, CancellationToken cancellationToken)
    {
        var problems = SignalQuality.Examine(recording);
        if (problems.Count > 0)
        {
            return new EcgAnalysis(SuggestionEngine.Unanalysable(problems, priority), Execution: null);
        }

        using var tensor = Preprocessor.ToTensor(recording);
        var result = await classifier.ClassifyAsync(tensor.Memory, cancellationToken);
        return new EcgAnalysis(SuggestionEngine.Decide(bundle, result, priority), result.Execution);
    }
}
