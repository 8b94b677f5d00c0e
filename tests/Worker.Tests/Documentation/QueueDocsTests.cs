using EcgIntegration.TestKit;
using EcgIntegration.Worker.Messaging;

namespace EcgIntegration.Worker.Tests.Documentation;

/// <summary>The documented and the composed policy are the code's.</summary>
public sealed class QueueDocsTests
{
    [Fact]
    public void The_documented_command_sets_the_policy_of_the_code() => Assert.Contains(
        $"rabbitmqctl set_policy -p VHOST --apply-to queues {QueueLimits.PolicyName} '{QueueLimits.Pattern}' '{QueueLimits.Default.Definition}'",
        Words(File.ReadAllText(Repository.File("docs", "queues.md")).Replace("\\\n", " ", StringComparison.Ordinal)),
        StringComparison.Ordinal);

    [Fact]
    public void Compose_sets_the_policy_of_the_code() => Assert.Contains(
        $"rabbitmqctl -q set_policy -p ecg --apply-to queues {QueueLimits.PolicyName} '{QueueLimits.Pattern.Replace("$", "$$", StringComparison.Ordinal)}' '{QueueLimits.Default.Definition}'",
        Words(File.ReadAllText(Repository.File("docker", "compose.yml"))),
        StringComparison.Ordinal);

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
