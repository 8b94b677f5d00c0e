using System.Text.Json.Serialization;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>How one part of the stack is.</summary>
/// <param name="Name"><c>postgres</c>, <c>rabbitmq</c>, <c>worker</c> or the name of a container.</param>
/// <param name="State"><c>ready</c>, <c>degraded</c>, <c>starting</c>, <c>stopped</c> or <c>external</c>, which is not looked after here.</param>
/// <param name="Pid">Process id, where it runs here.</param>
/// <param name="Address">Address without its password.</param>
internal sealed record PartStatus(string Name, string State, int? Pid, string? Address)
{
    /// <summary>Why it is not ready, or works otherwise than it was told to, where that is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Whether it does its work; a degraded worker does, as its own health check says.</summary>
    public bool IsGood => State is "ready" or "degraded" or "external";

    /// <summary>The part with what a worker says of itself.</summary>
    public PartStatus With(WorkerHealth? health) =>
        health is { IsReady: true, Degraded.Count: > 0 } ? this with { State = "degraded", Reason = string.Join(' ', health.Degraded) } : this;

    /// <summary>A part that is started and ended here.</summary>
    public static PartStatus Here(string name, int? processId, string? address) =>
        new(name, processId is null ? "stopped" : "ready", processId, WithoutPassword(address));

    /// <summary>A part that the configuration names.</summary>
    public static PartStatus Elsewhere(string name, string address) => new(name, "external", null, WithoutPassword(address));

    private static string? WithoutPassword(string? address) =>
        address is null ? null : Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Host}:{uri.Port}{uri.AbsolutePath}" : "?";
}
