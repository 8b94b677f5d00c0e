using EcgIntegration.TestKit;

namespace EcgIntegration.Worker.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData]
    [InlineData("fly")]
    [InlineData("fly", "--help")]
    [InlineData("queues", "fly", "--help")]
    [InlineData("status", "--fly")]
    [InlineData("status", "too", "many")]
    [InlineData("status", "--lang", "fr")]
    [InlineData("publish")]
    [InlineData("publish", "x.json", "--priority", "soon")]
    [InlineData("publish", "x.json", "--event-id", "7")]
    [InlineData("studies", "--limit", "0")]
    [InlineData("studies", "--limit", "x")]
    [InlineData("queues", "dead", "--limit", "x")]
    [InlineData("queues", "fly")]
    [InlineData("queues", "dead", "--limit", "0")]
    [InlineData("queues", "requeue")]
    [InlineData("queues", "discard", "--why", "x")]
    [InlineData("queues", "discard", "--all-notices")]
    [InlineData("queues", "discard", "--all-notices", "--why", " ")]
    [InlineData("queues", "requeue", "7")]
    [InlineData("queues", "export", "7", "--out", "x")]
    [InlineData("queues", "requeue", "--all", "0d0f6b0e-5f8e-4c0c-9a7d-0f0d3f0c2a11")]
    [InlineData("queues", "export", "0d0f6b0e-5f8e-4c0c-9a7d-0f0d3f0c2a11")]
    [InlineData("models", "fly")]
    [InlineData("models", "activate", "default")]
    [InlineData("models", "activate", "--why", "no model")]
    [InlineData("models", "activate", "default", "--why", " ")]
    [InlineData("models", "shadow", "off")]
    [InlineData("models", "compare", "--since", "soon")]
    [InlineData("models", "compare", "--limit", "0")]
    [InlineData("models", "compare", "--model", "abcd")]
    [InlineData("models", "history", "--limit", "0")]
    [InlineData("models", "history", "--limit", "x")]
    [InlineData("models", "compare", "--limit", "x")]
    [InlineData("replay", "list", "--limit", "x")]
    [InlineData("replay", "run", "--why", "test", "--limit", "0")]
    public async Task Wrong_usage_is_2_with_one_sentence(params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("queues", "requeue", "7")]
    [InlineData("queues", "export", "7", "--out", "x")]
    [InlineData("publish", "x.json", "--event-id", "7")]
    public async Task What_is_no_event_id_is_told_so(params string[] arguments) =>
        Assert.Contains("'7' is not an event id", (await RunAsync(arguments)).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Help_and_what_is_wrong_are_in_Japanese_word_for_word()
    {
        var help = (await RunAsync("publish", "--help", "--lang", "ja")).Output + (await RunAsync("replay", "run", "--help", "--lang", "ja")).Output;
        var problem = (await RunAsync("publish", "--lang", "ja")).Error;

        Assert.All(
            ["Usage", "Description", "Options", "Arguments", "Show help", "Required", "REQUIRED", "default:", "missing"],
            word => Assert.DoesNotContain(word, help + problem, StringComparison.Ordinal));
        Assert.Contains("PATH", problem, StringComparison.Ordinal);
        Assert.Contains("使い方は ecg publish --help", problem, StringComparison.Ordinal);
        Assert.Contains("Usage:", (await RunAsync("publish", "--help")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "models", "activate", "zz")]
    [InlineData(2, "models", "activate", "zz", "--why", "a", "--why", "b")]
    [InlineData(2, "queues", "discard", "--why", " ", "--all-notices")]
    [InlineData(2, "queues", "requeue", "7")]
    [InlineData(2, "replay", "preview", "--status", "gone")]
    [InlineData(1, "models", "activate", "zz", "--why", "x")]
    [InlineData(1, "models", "compare")]
    [InlineData(1, "queues")]
    [InlineData(1, "studies")]
    [InlineData(1, "publish", "x.json")]
    public async Task What_is_wrong_is_said_in_Japanese_throughout(int exitCode, params string[] arguments)
    {
        var result = await RunAsync([.. arguments, "--lang", "ja"]);

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Matches("\\p{IsHiragana}", Assert.Single(result.Error.TrimEnd().Split('\n')));
        Assert.DoesNotMatch(@"(?<!ecg )\b(?!ecg\b)[A-Za-z]{2,}( [a-z]{2,}){2} ", result.Error);
    }

    [Fact]
    public async Task Help_lists_every_verb_and_every_verb_has_its_own()
    {
        var all = await RunAsync("--help");
        string[] verbs = ["up", "down", "status", "demo", "publish", "classify", "inspect", "queues", "studies", "models", "serve", "samples", "test", "train", "evaluate", "embed", "export"];

        Assert.Equal(0, all.ExitCode);
        Assert.All(verbs, verb => Assert.Contains($"\n  {verb} ", all.Output, StringComparison.Ordinal));
        foreach (var verb in new[] { "up", "demo", "publish", "queues", "queues dead", "queues requeue", "queues discard", "queues export", "models", "models activate", "models shadow", "models compare", "models history" })
        {
            var help = await RunAsync([.. verb.Split(' '), "--help", "--lang", "ja"]);
            Assert.Equal(0, help.ExitCode);
            Assert.Contains($"ecg {verb}", help.Output, StringComparison.Ordinal);
            Assert.Contains("します", help.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("publish", "x.json")]
    [InlineData("queues")]
    [InlineData("queues", "dead")]
    [InlineData("queues", "requeue", "--all")]
    [InlineData("queues", "export", "0d0f6b0e-5f8e-4c0c-9a7d-0f0d3f0c2a11", "--out", "never-written.json")]
    [InlineData("studies")]
    [InlineData("models", "activate", "no-such-model", "--why", "why not")]
    [InlineData("models", "shadow", "off", "--why", "why not")]
    [InlineData("models", "compare")]
    [InlineData("models", "history")]
    [InlineData("train")]
    public async Task A_verb_that_cannot_do_its_work_is_1_with_one_sentence(params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.DoesNotContain(" at EcgIntegration", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_broker_is_a_sentence_without_its_password()
    {
        var result = await EcgProcess.RunAsync(
            ["queues"],
            new Dictionary<string, string> { ["ECG_RUN"] = _run.Path, ["ECG_RabbitMq__Uri"] = "amqp://user:hidden-word@127.0.0.1:1/vhost" },
            TestContext.Current.CancellationToken);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("127.0.0.1:1", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", result.Error, StringComparison.Ordinal);
    }

    private Task<EcgResult> RunAsync(params string[] arguments) => EcgProcess.RunAsync(
        arguments, new Dictionary<string, string> { ["ECG_RUN"] = _run.Path, ["LANG"] = "C.UTF-8" }, TestContext.Current.CancellationToken);
}
