using System.CommandLine;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Review;
using EcgIntegration.Worker.Commands;
using EcgIntegration.Worker.Commands.Demo;
using EcgIntegration.Worker.Commands.Publishing;
using EcgIntegration.Worker.Review;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Suggestions.Resources;

namespace EcgIntegration.Worker.Tests.Suggestions;

/// <summary>One urgency has one word, wherever it is read.</summary>
public sealed class UrgencyWordsTests
{
    private static readonly string[] Words = ["最緊急", "緊急", "要確認", "通常", "至急"];

    [Theory]
    [InlineData("Critical", "最緊急", "critical")]
    [InlineData("Urgent", "緊急", "urgent")]
    [InlineData("Review", "要確認", "review")]
    [InlineData("Routine", "通常", "routine")]
    public async Task Every_surface_says_the_same(string name, string ja, string en)
    {
        var urgency = Enum.Parse<Urgency>(name);
        foreach (var (surface, text, _) in await SurfacesAsync(urgency, "ja"))
        {
            Assert.True(ja == Said(text), $"{surface} says {Said(text)}");
        }

        foreach (var (surface, text, _) in (await SurfacesAsync(urgency, "en")).Where(one => one.Translated))
        {
            Assert.True(text.Contains(en, StringComparison.Ordinal), surface);
        }
    }

    [Theory]
    [InlineData(1, "99%")]
    [InlineData(0.996, "99%")]
    [InlineData(0.424, "42%")]
    [InlineData(0.0001, "1%")]
    public void No_confidence_is_certain(double probability, string expected) =>
        Assert.Equal(expected, FhirTexts.Percent(probability));

    [Fact]
    public async Task A_confidence_stands_beside_its_threshold()
    {
        Assert.Contains(await SurfacesAsync(Urgency.Review, "ja"), surface => surface.Surface == "demo" && surface.Text.Contains("50%（閾値12%）", StringComparison.Ordinal));
        Assert.Contains(await SurfacesAsync(Urgency.Review, "en"), surface => surface.Surface == "publish --wait" && surface.Text.Contains("所見 50% (threshold 12%)", StringComparison.Ordinal));
        Assert.Contains(await SurfacesAsync(Urgency.Review, "ja"), surface => surface.Surface == "the report of findings" && surface.Text.Contains("所見（確率50%、閾値40%）", StringComparison.Ordinal));
    }

    /// <summary>The word of an urgency in a text that also speaks of 緊急度.</summary>
    private static string? Said(string text) =>
        Words.FirstOrDefault(word => text.Replace("緊急度", "", StringComparison.Ordinal).Contains(word, StringComparison.Ordinal));

    private static async Task<List<(string Surface, string Text, bool Translated)>> SurfacesAsync(Urgency urgency, string language)
    {
        var answer = Answer(urgency, 0.5);
        var sent = new PublishedEvent(new OutgoingEcg("x", "x", default, default!), answer.EventId, default);
        var verdict = new Verdict(StudyStatus.Uncertain, urgency, [], new Dictionary<string, float>(), []);
        var classified = verdict with { Status = StudyStatus.Classified, Suggestions = [new("X", "所見", "finding", 0.5, 0.4, urgency, null)] };
        var line = "";
        var classify = await WriteAsync(language, terminal =>
        {
            line = OutcomeText.Line(terminal, sent, answer);
            var table = new ClassifyTable(terminal);
            table.Add(ClassifiedEcg.Of("x", classified));
            table.Write();
            return Task.CompletedTask;
        });
        var demo = await WriteAsync(language, terminal =>
            new DemoTable(terminal, 1).ShowAsync(new[] { (sent, answer) }.ToAsyncEnumerable(), TestContext.Current.CancellationToken));
        var page = new ListPage(null, null, [new StudyCount(StudyStatus.Classified, urgency, 1)], [], [], default, new ListView()).Render().Text;
        var tile = page.Split("<li class=").Single(part => part.StartsWith($"\"{WireName.Of(urgency)}\"", StringComparison.Ordinal));
        return
        [
            ("publish --wait", line, true),
            ("demo", demo, true),
            ("classify", classify, true),
            ("the page's table", EntryTable.UrgencyChip(urgency).Text, true),
            ("the page's tiles", tile[..tile.IndexOf("</li>", StringComparison.Ordinal)], true),
            ("the report", FhirTexts.Conclusion(verdict, []), false),
            ("the report of findings", FhirTexts.Conclusion(classified, []), false),
            ("the task", FhirTexts.ReviewDescription(verdict), false),
        ];
    }

    private static EventAnswer Answer(Urgency urgency, double probability) => new(
        Guid.NewGuid(), null, StudyStatus.Classified, urgency, null, null, [], [new("X", "所見", "finding", probability, 0.12)], null);

    private static async Task<string> WriteAsync(string language, Func<Terminal, Task> write)
    {
        var root = new RootCommand { Terminal.JsonOption, Terminal.LanguageOption };
        root.SetAction((parsed, _) => write(Terminal.Of(parsed)));
        await using var output = new StringWriter();
        await root.Parse(["--lang", language]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = TextWriter.Null }, TestContext.Current.CancellationToken);
        return output.ToString();
    }
}
