using System.Text.Json;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>
/// Reads what <c>docker compose ps --format json</c> prints: one object a line, before Compose 2.21 one array of them.
/// </summary>
internal static class ComposeStatus
{
    /// <summary>The parts; none where the text is empty.</summary>
    /// <exception cref="CommandException">It is something else.</exception>
    public static IReadOnlyList<PartStatus> Read(string text)
    {
        try
        {
            return text.TrimStart().StartsWith('[')
                ? ReadArray(text)
                : [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ReadLine)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandException(
                "The answer of docker compose ps is not understood: update Docker Compose.",
                "docker compose ps の出力を解釈できません。Docker Compose を更新してください。");
        }
    }

    private static List<PartStatus> ReadArray(string text)
    {
        using var document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(ReadContainer)];
    }

    private static PartStatus ReadLine(string line)
    {
        using var document = JsonDocument.Parse(line);
        return ReadContainer(document.RootElement);
    }

    private static PartStatus ReadContainer(JsonElement container)
    {
        var state = container.GetProperty("State").GetString();
        var health = container.TryGetProperty("Health", out var value) ? value.GetString() : null;
        return new PartStatus(
            container.GetProperty("Service").GetString()!,
            state != "running" ? "stopped" : health is "healthy" or "" or null ? "ready" : "starting",
            Pid: null,
            Address: null);
    }
}
