using System.Text.Json;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>What a client may change of a review Task: who has it, and how far it is.</summary>
internal static class TaskChange
{
    private static readonly string[] Changeable = ["status", "statusReason", "owner", "note", "lastModified"];

    /// <summary>What the store sets itself, wherever it stands.</summary>
    private static readonly string[] Stored = ["id", "versionId", "lastUpdated"];

    /// <summary>The first element that is another one and must not be, as FHIRPath; <see langword="null"/> where there is none.</summary>
    public static string? FindForbidden(StoredResource before, ReadOnlyMemory<byte> after)
    {
        using var one = JsonDocument.Parse(before.Json);
        using var other = JsonDocument.Parse(after);
        var names = one.RootElement.EnumerateObject().Concat(other.RootElement.EnumerateObject()).Select(member => member.Name).Distinct();
        var changed = names.FirstOrDefault(name => !Changeable.Contains(name.TrimStart('_')) && !Stored.Contains(name)
            && !AreEqual(name, Member(one.RootElement, name), Member(other.RootElement, name)));
        return changed is null ? null : FhirModel.ElementPath.Known($"Task.{changed.TrimStart('_')}");
    }

    /// <summary>Whether a place within a Task, as FHIRPath, is one that a client changes.</summary>
    public static bool IsChangeable(string place) => Changeable.Contains(place.Split('.', '[').ElementAtOrDefault(1));

    private static bool AreEqual(string name, JsonElement one, JsonElement other) => name == "meta"
        ? MetaNames(one, other).All(member => Stored.Contains(member) || JsonElement.DeepEquals(Member(one, member), Member(other, member)))
        : JsonElement.DeepEquals(one, other);

    private static IEnumerable<string> MetaNames(params JsonElement[] metas) =>
        metas.Where(meta => meta.ValueKind == JsonValueKind.Object).SelectMany(meta => meta.EnumerateObject()).Select(member => member.Name).Distinct();

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
}
