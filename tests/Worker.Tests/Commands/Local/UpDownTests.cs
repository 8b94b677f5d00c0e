using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EcgIntegration.LocalServers;
using EcgIntegration.LocalServers.Processes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Commands.Local;

public sealed class UpDownTests : IAsyncDisposable
{
    private const string Token = "a-token-of-more-than-24-characters";

    private readonly TemporaryFolder _run = new();
    private readonly TestBundle _bundle = TestBundle.Create();

    private string EndpointsFile => _run.File("endpoints.json");

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        _run.Dispose();
        _bundle.Dispose();
    }

    [Fact]
    public async Task Up_down_and_up_after_every_kind_of_kill()
    {
        Assert.Equal(1, (await RunAsync("status")).ExitCode);

        // Two at once start one of each.
        var both = await Task.WhenAll(RunAsync("up", "--no-docker"), RunAsync("up", "--no-docker"));
        Assert.All(both, up => Assert.True(up.ExitCode == 0, up.Error));
        var first = ReadEndpoints();
        Assert.Equal(["http", "amqp", "postgres", "pids"], first.Select(property => property.Key));
        Assert.Equal(["worker", "rabbitmq", "postgres"], first["pids"]!.AsObject().Select(property => property.Key));
        Assert.StartsWith("amqp://", (string?)first["amqp"], StringComparison.Ordinal);
        Assert.StartsWith("postgresql://", (string?)first["postgres"], StringComparison.Ordinal);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(EndpointsFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(0, (await RunAsync("status")).ExitCode);
        var policies = await PrivateRabbitMq.FindRunning(_run.File("rabbitmq"))!.ControlAsync(CancellationToken.None, "-q", "list_policies", "-p", "ecg");
        Assert.Contains(QueueLimits.PolicyName, policies, StringComparison.Ordinal);

        var published = await RunAsync("publish", Repository.File("samples", "ludb-001.json"), "--wait", "--json");
        Assert.True(published.ExitCode == 0, published.Error);
        var eventId = (string?)JsonNode.Parse(published.Output)!["eventId"];

        // A token is kept by what says nothing of it, and a wrong setting leaves the worker alone.
        var before = (int)first["pids"]!["worker"]!;
        var protectedUp = await RunWithAsync("ECG_Security__Token", Token, "up", "--no-docker", "--lang", "en");
        Assert.Contains("replaced: other settings are given for Security:Token", protectedUp.Output, StringComparison.Ordinal);
        var plain = await RunAsync("up", "--no-docker", "--lang", "en");
        Assert.Equal((0, ""), (plain.ExitCode, plain.Error));
        Assert.DoesNotContain("replaced", plain.Output, StringComparison.Ordinal);
        Assert.Contains("Kept from the start before: Security:Token", plain.Output, StringComparison.Ordinal);
        Assert.Contains("Running already: postgres, rabbitmq, worker", plain.Output, StringComparison.Ordinal);
        var wrong = await RunWithAsync("ECG_Intake__MaxAttempts", "zero", "up", "--no-docker");
        Assert.Equal((1, "Intake:MaxAttempts must be a whole number."), (wrong.ExitCode, wrong.Error.TrimEnd()));
        first = ReadEndpoints();
        Assert.Equal(Token, (string?)first["token"]);
        Assert.NotEqual(before, (int)first["pids"]!["worker"]!);
        Assert.True(Identity(first, "worker").IsAlive);

        foreach (var (name, _) in first["pids"]!.AsObject())
        {
            Assert.True(Identity(first, name).Signal(ProcessSignal.Kill));
        }

        var mended = await RunAsync("up", "--no-docker");
        Assert.True(mended.ExitCode == 0, mended.Error);
        var second = ReadEndpoints();
        Assert.Equal((string?)first["amqp"], (string?)second["amqp"]);
        Assert.Equal((string?)first["postgres"], (string?)second["postgres"]);
        using var http = new HttpClient { BaseAddress = new Uri((string)second["http"]!) };
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await http.GetAsync($"/events/{eventId}", TestContext.Current.CancellationToken)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        var answer = await http.GetFromJsonAsync<JsonObject>($"/events/{eventId}", TestContext.Current.CancellationToken);
        Assert.NotEqual("received", (string?)answer!["status"]);

        var processes = second["pids"]!.AsObject().Select(pid => Identity(second, pid.Key)).ToList();
        Assert.Equal(0, (await RunAsync("down")).ExitCode);
        Assert.All(processes, process => Assert.False(process.IsAlive));
        Assert.False(File.Exists(EndpointsFile));
        Assert.Empty(Left());
        Assert.Equal(0, (await RunAsync("down")).ExitCode);
    }

    private static ProcessIdentity Identity(JsonObject endpoints, string name)
    {
        var identity = ProcessIdentity.Of((int)endpoints["pids"]![name]!);
        Assert.NotNull(identity);
        return identity;
    }

    private JsonObject ReadEndpoints() => JsonNode.Parse(File.ReadAllText(EndpointsFile))!.AsObject();

    /// <summary>Processes that mention the folder in command line or environment, the Erlang port mapper included.</summary>
    private List<string> Left() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(entry => int.TryParse(Path.GetFileName(entry), out var id) && id != Environment.ProcessId)
            .Select(entry => (Command: TryRead($"{entry}/cmdline"), Environment: TryRead($"{entry}/environ")))
            .Where(process => (process.Command + process.Environment).Contains(_run.Path, StringComparison.Ordinal))
            .Select(process => process.Command.Replace('\0', ' ')),
    ];

    private static string TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private Task<EcgResult> RunAsync(params string[] arguments) => RunWithAsync("ECG_Model__Path", _bundle.Folder, arguments);

    private Task<EcgResult> RunWithAsync(string setting, string value, params string[] arguments) => EcgProcess.RunAsync(
        arguments,
        new Dictionary<string, string>
        {
            ["ECG_RUN"] = _run.Path,
            ["ECG_HOME"] = Repository.Root,
            ["ECG_Model__Path"] = _bundle.Folder,
            [setting] = value,
        },
        CancellationToken.None);
}
