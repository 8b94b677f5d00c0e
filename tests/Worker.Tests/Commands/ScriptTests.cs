using System.Diagnostics;
using EcgIntegration.TestKit;

namespace EcgIntegration.Worker.Tests.Commands;

/// <summary>
/// The script <c>ecg</c> in a checkout of a few files, with a <c>dotnet</c> that notes what it is asked for: what is built
/// when, and how <c>ecg test</c> ends.
/// </summary>
public sealed class ScriptTests : IDisposable
{
    private const string Dotnet = """
        #!/usr/bin/env bash
        printf '%s\n' "$*" >>"$CALLS"
        case $1 in
            build) for part in Contracts Worker Training; do mkdir -p "$ECG_HOME/src/$part/bin/Release" "$ECG_HOME/src/$part/obj"; done ;;
            exec) printf '<assembly name="x" errors="0" failed="0" passed="3" skipped="%s" />\n' "$SKIPPED" >"${@: -1}"; [ -z "$LEFT" ] || mkdir "$TMPDIR/$LEFT"; echo 'a test speaks' ;;
            *) echo "ran $*" ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public ScriptTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script is for Linux.");
        File.Copy(Repository.File("ecg"), _folder.File("ecg"));
        Write("programs/dotnet", Dotnet.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.File("programs/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        foreach (var file in new[]
        {
            "src/Contracts/A.cs", "src/Contracts/Deep/B.cs", "src/Worker/C.cs", "src/Training/D.cs", "tests/X.Tests/E.cs", "models/catalogue/labels.csv",
            "Directory.Build.props", "global.json", ".editorconfig", "BannedSymbols.txt",
        })
        {
            Write(file, "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_up_to_date_is_not_built_again()
    {
        Assert.Equal(1, await BuildsAsync("status"));
        Assert.Equal(0, await BuildsAsync("status"));

        // The first build of the other program makes folders in what both are made of.
        Assert.Equal(1, await BuildsAsync("train"));
        Assert.Equal(0, await BuildsAsync("status"));
        Assert.Equal(0, await BuildsAsync("train"));
    }

    [Fact]
    public async Task A_file_changed_added_or_deleted_is_noticed_by_the_program_made_of_it()
    {
        await BuildsAsync("status");
        await BuildsAsync("train");

        Write("src/Contracts/Deep/B.cs", "changed");
        Assert.Equal(1, await BuildsAsync("status"));
        Assert.Equal(1, await BuildsAsync("train"));

        File.Delete(_folder.File("src/Contracts/Deep/B.cs"));
        Assert.Equal(1, await BuildsAsync("status"));
        Assert.Equal(0, await BuildsAsync("status"));
        Assert.Equal(1, await BuildsAsync("train"));

        // As a copy that keeps its time would be.
        Write("src/Training/Old.cs", "");
        File.SetLastWriteTimeUtc(_folder.File("src/Training/Old.cs"), DateTime.UnixEpoch);
        Assert.Equal(0, await BuildsAsync("status"));
        Assert.Equal(1, await BuildsAsync("train"));
    }

    [Theory]
    [InlineData("0", "a test speaks\n3 passed, 0 failed\n")]
    [InlineData("2", "a test speaks\n2 skipped\n3 passed, 0 failed\n")]
    public async Task The_last_line_of_a_test_run_is_plain(string skipped, string expected)
    {
        var result = await RunAsync(skipped, "test");
        Assert.Equal((0, expected), (result.ExitCode, result.Output));
        Assert.Equal(expected, (await RunAsync(skipped, "--lang", "ja", "test", "Some")).Output);
        Assert.Contains("-method *Some*", Calls(), StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"passed":3,"failed":0,"skipped":{{skipped}}}""" + "\n", (await RunAsync(skipped, "test", "--json")).Output);
    }

    [Fact]
    public async Task What_tests_leave_in_their_temporary_folder_is_a_failure_and_is_removed()
    {
        var result = await RunWithAsync("0", "ecg-bundle-7", "test");

        Assert.Equal((1, "a test speaks\nEcgIntegration.X.Tests left behind in its temporary folder: ecg-bundle-7 \n3 passed, 1 failed\n"), (result.ExitCode, result.Output));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("temporary")));
    }

    [Theory]
    [InlineData("test", "--fly")]
    [InlineData("--json", "test", "--fly")]
    [InlineData("test", "one", "two")]
    [InlineData("test", "--lang", "fr")]
    [InlineData("--lang", "ja", "test", "-x")]
    public async Task Wrong_usage_of_test_is_2_with_one_sentence_and_builds_nothing(params string[] arguments)
    {
        var result = await RunAsync("0", arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains("ecg test --help", result.Error, StringComparison.Ordinal);
        Assert.Empty(Calls());
    }

    [Theory]
    [InlineData("test", "--help")]
    [InlineData("test", "-h", "--json")]
    public async Task Help_about_test_is_0(params string[] arguments) =>
        Assert.StartsWith("Usage: ecg test", (await RunAsync("0", arguments)).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Every_other_verb_reaches_its_program_with_its_arguments()
    {
        Assert.EndsWith("/EcgIntegration.Worker.dll --help\n", (await RunAsync("0", "--help")).Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "/EcgIntegration.Training.dll --lang ja train --data a b\n", (await RunAsync("0", "--lang", "ja", "train", "--data", "a b")).Output, StringComparison.Ordinal);
    }

    private async Task<int> BuildsAsync(string verb)
    {
        var before = Count();
        var result = await RunAsync("0", verb);
        Assert.True(result.ExitCode == 0, result.Error);
        return Count() - before;

        int Count() => Calls().Split('\n').Count(line => line.StartsWith("build ", StringComparison.Ordinal));
    }

    private string Calls() => File.Exists(_folder.File("calls")) ? File.ReadAllText(_folder.File("calls")) : "";

    private void Write(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
        File.WriteAllText(_folder.File(file), content);
    }

    private Task<EcgResult> RunAsync(string skipped, params string[] arguments) => RunWithAsync(skipped, "", arguments);

    private async Task<EcgResult> RunWithAsync(string skipped, string left, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [_folder.File("ecg"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.File("programs")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["CALLS"] = _folder.File("calls");
        start.Environment["SKIPPED"] = skipped;
        start.Environment["LEFT"] = left;
        start.Environment["TMPDIR"] = Directory.CreateDirectory(_folder.File("temporary")).FullName;
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }
}
