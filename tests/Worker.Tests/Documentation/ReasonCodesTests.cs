using System.Text;
using System.Text.RegularExpressions;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Signals;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Commands.Files;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Fhir.Search;
using EcgIntegration.Worker.Fhir.Writing;
using EcgIntegration.Worker.Fhir.Writing.Signing;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Replay;
using EcgIntegration.Worker.Subscriptions;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Tests.Documentation;

/// <summary>The documented list of reason codes is the code's. <c>ECG_WRITE_DOCS=1</c> writes it anew.</summary>
public sealed partial class ReasonCodesTests
{
    private static readonly (string Stage, string Meaning, IReadOnlyList<ReasonDefinition> Definitions)[] Stages =
    [
        ("Event", "The message is not a valid ECG event: `rejected`. `processing-fault` shows while an ECG waits for its next attempt; `attempts-used-up` is `failed`.", EventReasons.All),
        ("Storage", "PostgreSQL cannot hold the resource, or a reference leads nowhere: `rejected`.", StorageReasons.All),
        ("Signal", "The Observation cannot be read as an ECG: `rejected`. From `lead-missing` on, it can be read but not analysed: `unanalysable`.", SignalReasons.All),
        ("File", "`ecg inspect` and `ecg classify` only: the file holds nothing that could be read: `rejected`.", FileReasons.All),
        ("Classification", "No scores: `failed`. In the worker the ECG is tried again first; `model-output` then ends with `attempts-used-up`, `model-unavailable` keeps its code.", ClassificationReasons.All),
        ("Replay", "An ECG of a replay is not replayable, or the replay is refused.", ReplayReasons.All),
        ("HTTP", "What is wrong with a request under `/fhir` or `/events`, or with its answer; in an OperationOutcome as `details.coding` of the system `urn:ecg-integration:problem`.", [.. FhirProblems.All.ExceptBy(EventReasons.All.Select(reason => reason.Code), problem => problem.Code), .. SearchProblems.All,
            .. WriteProblems.All, .. InvariantProblems.All, .. SignProblems.All, WriteAnswer.Stored.Definition]),
        ("Suggestion", "Analysed, not decided: `uncertain`.", SuggestionReasons.All),
        ("Subscription", "A Subscription is not taken: 422.", SubscriptionReasons.All),
    ];

    [Fact]
    public void Every_code_is_documented_with_its_sentences()
    {
        var path = Path.Combine(Repository.Root, "docs", "reason-codes.md");
        var expected = Render();
        if (Environment.GetEnvironmentVariable("ECG_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }

    [Fact]
    public void Codes_are_unique_and_both_languages_name_the_same_values()
    {
        var all = Stages.SelectMany(stage => stage.Definitions).ToList();

        Assert.Equal(all.Count, all.Select(definition => definition.Code).Distinct().Count());
        Assert.All(all, definition =>
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", definition.Code);
            Assert.Equal(Placeholders(definition.En), Placeholders(definition.Ja));
            Assert.EndsWith(".", definition.En, StringComparison.Ordinal);
            Assert.EndsWith("。", definition.Ja, StringComparison.Ordinal);
        });
    }

    private static string Render()
    {
        var text = new StringBuilder("""
            # Reason codes

            A reason is `{"code", "where", "en", "ja"}`. Codes are stable; sentences may be improved. They are fixed texts with
            numbers, lead names and catalogue terms, and never quote the input, because reasons travel in outcome events.

            """);
        foreach (var (stage, meaning, definitions) in Stages)
        {
            text.Append("\n## ").Append(stage).Append("\n\n").Append(meaning).Append("\n\n| code | English | 日本語 |\n|---|---|---|\n");
            foreach (var definition in definitions)
            {
                text.Append("| `").Append(definition.Code).Append("` | ").Append(definition.En).Append(" | ").Append(definition.Ja).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private static string[] Placeholders(string format) => [.. Placeholder().Matches(format).Select(match => match.Value).Distinct().Order()];

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Placeholder();
}
