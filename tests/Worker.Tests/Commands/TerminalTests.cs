using System.Diagnostics;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Commands;

public sealed class TerminalTests : IDisposable
{
    private readonly TestBundle _bundle = TestBundle.Create();
    private readonly TemporaryFolder _folder = new();

    private string[] Classify => ["classify", _folder.File("a.json"), "--model", _bundle.Folder, "--device", "cpu", "--lang", "en"];

    public TerminalTests() => File.WriteAllBytes(_folder.File("a.json"), SyntheticEcg.Observation());

    public void Dispose()
    {
        _bundle.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Into_a_pipe_goes_the_result_and_nothing_else()
    {
        var result = await EcgProcess.RunAsync(Classify, null, TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("a.json", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("NO_COLOR=1 ", false)]
    public async Task On_a_terminal_NO_COLOR_means_no_escape_sequence_and_no_progress(string setting, bool isLively)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "A terminal is made with util-linux's script.");
        var command = string.Join(' ', new[] { "dotnet", EcgProcess.Program }.Concat(Classify).Select(word => $"'{word}'"));
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"{setting}TERM=xterm {command}", "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("NO_COLOR");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("classified", output, StringComparison.Ordinal);
        Assert.Equal(isLively, output.Contains('\e'));
        Assert.Equal(isLively, output.Contains("not an approved medical device", StringComparison.Ordinal));
    }
}
