using System.Text;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Review;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Documentation;

/// <summary>
/// What the documents and the page say of the model's scope is the bundle's. <c>ECG_WRITE_DOCS=1</c> writes the list anew.
/// </summary>
public sealed class SuggestionScopeTests
{
    private const string Begin = "## What the shipped model can suggest\n";
    private const string End = "\n## What cannot be read\n";

    private static readonly SuggestionScope Shipped = SuggestionScope.Of(ModelBundle.Load(Repository.Model));

    [Fact]
    public void The_events_document_lists_what_the_shipped_model_can_suggest()
    {
        var path = Repository.File("docs", "events.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var expected = Render(Shipped);
        if (Environment.GetEnvironmentVariable("ECG_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text[..begin] + expected + text[end..]);
            return;
        }

        Assert.Equal(expected, text[begin..end]);
    }

    [Fact]
    public void The_readme_gives_the_shipped_model_s_numbers()
    {
        var text = string.Join(' ', File.ReadAllText(Repository.File("README.md")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains($"can suggest {Shipped.Suggestible.Count} of the {Shipped.Labels} labels", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Shipped.Suggestible, label => label.Urgency is Urgency.Critical);
        Assert.Contains($"none of the {Shipped.CriticalBeyond.Count} critical ones", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_lists_both_from_the_bundle_that_runs()
    {
        using var folder = TestBundle.Create();
        var scope = SuggestionScope.Of(folder.Load());
        Assert.Equal([TestBundle.Uncalibrated], scope.CriticalBeyond.Select(label => label.Code));
        var page = new ListPage(null, scope, [], [], [], default, new ListView()).Render().Text;

        Assert.Contains("示唆がなくても否定はできません。</strong>心室細動\n", page.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("低電位", page, StringComparison.Ordinal);
        Assert.Contains("98項目のうち8項目", page, StringComparison.Ordinal);
        Assert.Contains("ST上昇型急性心筋梗塞（疑い）、下壁心筋梗塞、", page, StringComparison.Ordinal);
        Assert.DoesNotContain("否定はできません", new ListPage(null, scope with { CriticalBeyond = [] }, [], [], [], default, new ListView()).Render().Text, StringComparison.Ordinal);
    }

    private static string Render(SuggestionScope scope)
    {
        var text = new StringBuilder();
        text.Append($"\n{scope.Suggestible.Count} of its {scope.Labels} labels; all others stay scores. Findings defined by voltage ({string.Join(", ", VoltageLabels.Codes.Select(code => $"`{code}`"))}) are never suggested: the model's input is scaled lead by lead and has no voltage.\n\n| urgency | labels |\n|---|---|\n");
        foreach (var urgency in Enum.GetValues<Urgency>().Reverse())
        {
            var labels = scope.Suggestible.Where(label => label.Urgency == urgency).Select(label => $"`{label.Code}` {label.Ja}");
            text.Append($"| `{WireName.Of(urgency)}` | {string.Join(", ", labels.DefaultIfEmpty("none"))} |\n");
        }

        if (scope.CriticalBeyond.Count > 0)
        {
            text.Append(
                "\nThese critical findings have no threshold, for want of examples or of separation in the validation data, and **cannot be suggested**: "
                + $"{string.Join(", ", scope.CriticalBeyond.Select(label => $"`{label.Code}` {label.Ja}"))}. "
                + "That none of them is suggested excludes none of them");
            text.Append(scope.Suggestible.Any(label => label.Urgency is Urgency.Critical)
                ? ".\n"
                : ", and `study.classified.critical` cannot occur with this model.\n");
        }

        return text.Append("\nThe page at `/` lists the same for the model that runs.\n").ToString();
    }
}
