using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Quality;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>A verdict, and how the model ran; <see langword="null"/> where the signal did not allow it to.</summary>
internal sealed record EcgAnalysis(Verdict Verdict, Execution? Execution)
{
    /// <summary>What it suggests, as the ledger keeps it.</summary>
    public IReadOnlyList<LedgerSuggestion> LedgerSuggestions =>
        [.. Verdict.Suggestions.Select(s => new LedgerSuggestion(s.Code, s.Ja, s.En, s.Probability, s.Threshold))];

    /// <summary>How the model ran, as the ledger keeps it.</summary>
    public StudyExecution? LedgerExecution =>
        Execution is { } run ? new StudyExecution(run.Provider, run.Precision, run.BatchSize, Verdict.Scores) : null;

    /// <summary>The result of a study with the resources that were composed of it.</summary>
    public StudyCompletion CompletionWith(ComposedStudy composed) => new(
        Verdict.Status, Verdict.Urgency, Verdict.Reasons, LedgerSuggestions, composed.ReportId, composed.Resources, LedgerExecution);
}

/// <summary>Signal to verdict: quality first, because what cannot be analysed must never look like a finding or a normal.</summary>
internal static class EcgAnalyser
{
    /// <summary>Analyses one ECG.</summary>
    /// <param name="model">By which model.</param>
    /// <param name="recording">The signal.</param>
    /// <param name="priority">How soon the sender wants it read: decides the urgency of an ECG without an answer.</param>
    /// <param name="windows">Whose turn it is where ECGs wait for the device.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ModelOutputException">The model gave no usable result.</exception>
    /// <exception cref="ModelUnavailableException">The model was unloaded, and its bundle is no longer there.</exception>
    public static async Task<EcgAnalysis> AnalyseAsync(
        LoadedModel model, EcgRecording recording, EventPriority priority, WindowPriority windows, CancellationToken cancellationToken)
    {
        var problems = SignalQuality.Examine(recording);
        if (problems.Count > 0)
        {
            return new EcgAnalysis(SuggestionEngine.Unanalysable(problems, priority), Execution: null);
        }

        using var tensor = Preprocessor.ToTensor(recording);
        var result = await model.Classifier.ClassifyAsync(tensor.Memory, windows, cancellationToken);
        return new EcgAnalysis(SuggestionEngine.Decide(model.Bundle, result, priority), result.Execution);
    }
}
