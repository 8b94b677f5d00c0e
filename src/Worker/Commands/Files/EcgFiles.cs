using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Worker.Commands.Files;

/// <summary>
/// From paths to ECGs: FHIR JSON (an Observation, an event with one inside, or a Bundle), NDJSON with one of these a line,
/// WFDB headers, and folders of all that.
/// </summary>
internal static class EcgFiles
{
    private const int MaximumBytes = 64 << 20;

    private static readonly EnumerationOptions WholeTree = new() { RecurseSubdirectories = true };

    /// <summary>The ECGs of the paths, in the order given; within a folder by name. Files are read as they are asked for.</summary>
    /// <exception cref="CommandException">A path leads nowhere, or a folder has no ECG in it.</exception>
    public static IEnumerable<EcgFile> Expand(IReadOnlyList<string> paths, bool japanese = false)
    {
        foreach (var path in paths.Where(path => !File.Exists(path) && !Directory.Exists(path)))
        {
            throw new CommandException(japanese
                ? $"{path} がありません。ファイルまたはフォルダーのパスを確認してください。"
                : $"There is no {path}: name a file or a folder.");
        }

        return paths.SelectMany(path => Directory.Exists(path) ? ExpandFolder(path, japanese) : ExpandFile(path));
    }

    private static IEnumerable<EcgFile> ExpandFolder(string folder, bool japanese)
    {
        var files = Directory.EnumerateFiles(folder, "*", WholeTree)
            .Where(file => Path.GetExtension(file) is ".json" or ".ndjson" or ".jsonl" or ".hea")
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count > 0
            ? files.SelectMany(ExpandFile)
            : throw new CommandException(japanese
                ? $"{folder} に心電図ファイル（.json、.ndjson、.hea）がありません。"
                : $"{folder} holds no ECG file (.json, .ndjson or .hea).");
    }

    private static IEnumerable<EcgFile> ExpandFile(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (Path.GetExtension(path) is ".hea")
        {
            return [ReadRecord(path, name)];
        }

        if (Path.GetExtension(path) is ".ndjson" or ".jsonl")
        {
            return ByteLines.Read(path)
                .Index()
                .Where(line => line.Item.AsSpan().ContainsAnyExcept(" \t\r"u8))
                .SelectMany(line => Unwrap($"{path}:{line.Index + 1}", $"{name}-{line.Index + 1}", line.Item));
        }

        return new FileInfo(path).Length > MaximumBytes
            ? [EcgFile.Unreadable(path, name, FileReasons.TooLarge.At(null, MaximumBytes >> 20))]
            : Unwrap(path, name, File.ReadAllBytes(path));
    }

    private static EcgFile ReadRecord(string path, string name)
    {
        try
        {
            return EcgFile.OfRecord(path, name, WfdbReader.Read(path));
        }
        catch (WfdbException e)
        {
            // The message speaks of this machine's files and stays on its terminal.
            return EcgFile.Unreadable(path, name, FileReasons.RecordUnreadable.At(null) with { En = e.Message });
        }
    }

    /// <summary>Takes Observations out of an event or a Bundle; anything else is left for the reader to judge.</summary>
    private static IReadOnlyList<EcgFile> Unwrap(string source, string name, ReadOnlyMemory<byte> utf8)
    {
        var text = utf8.Span.StartsWith("\uFEFF"u8) ? utf8["\uFEFF"u8.Length..] : utf8;
        if (!Utf8.IsValid(text.Span))
        {
            return [EcgFile.Unreadable(source, name, FileReasons.NotUtf8.At(null, FirstInvalid(text.Span)))];
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            ReadOnlyMemory<byte>? whole = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("eventId", out _)
                ? text
                : default(ReadOnlyMemory<byte>?);
            var found = Observations(document.RootElement);
            return found.Count switch
            {
                0 => [EcgFile.OfObservation(source, name, text, whole)],
                1 => [EcgFile.OfObservation(source, name, found[0], whole)],
                _ => [.. found.Select((observation, i) => EcgFile.OfObservation($"{source}#{i + 1}", $"{name}-{i + 1}", observation))],
            };
        }
        catch (JsonException)
        {
            return [EcgFile.OfObservation(source, name, text)];
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }

    private static List<byte[]> Observations(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        if (root.TryGetProperty("observation", out var observation) && observation.ValueKind == JsonValueKind.Object)
        {
            return [JsonMarshal.GetRawUtf8Value(observation).ToArray()];
        }

        return Is(root, "Bundle") && root.TryGetProperty("entry", out var entries) && entries.ValueKind == JsonValueKind.Array
            ? [.. entries.EnumerateArray()
                .Select(entry => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("resource", out var resource) ? resource : default)
                .Where(resource => Is(resource, "Observation"))
                .Select(resource => JsonMarshal.GetRawUtf8Value(resource).ToArray())]
            : [];
    }

    private static bool Is(JsonElement resource, string type) =>
        resource.ValueKind == JsonValueKind.Object
        && resource.TryGetProperty("resourceType", out var value)
        && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(type);
}
