using System.Text;
using System.Text.Json;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>Finds ECGs in files and folders: FHIR JSON, NDJSON with one Observation or event a line, WFDB headers.</summary>
internal static class EcgFiles
{
    // The worker judges how deep is too deep; here nothing but the head is looked at.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1 << 20 };

    private static readonly string[] Extensions = [".json", ".ndjson", ".hea"];

    /// <summary>Reads one file after the other, so that a large folder does not fill the memory.</summary>
    /// <param name="paths">Files and folders; a folder stands for the ECG files in it, in order of their names.</param>
    /// <param name="patient">Whose the WFDB records are, as <c>Patient/ID</c>; FHIR says so itself.</param>
    /// <param name="refuse">Receives what is not an ECG, as source and sentence.</param>
    public static IEnumerable<EcgFile> Read(IEnumerable<string> paths, string? patient, Action<string, string> refuse)
    {
        foreach (var path in paths.SelectMany(path => Expand(path, refuse)))
        {
            foreach (var ecg in ReadFile(path, patient, refuse))
            {
                yield return ecg;
            }
        }
    }

    private static List<string> Expand(string path, Action<string, string> refuse)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            refuse(path, "is neither a file nor a folder");
            return [];
        }

        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files is [])
        {
            refuse(path, "holds no ECG file (.json, .ndjson, .hea)");
        }

        return files;
    }

    private static IEnumerable<EcgFile> ReadFile(string path, string? patient, Action<string, string> refuse)
    {
        if (Path.GetExtension(path).Equals(".hea", StringComparison.OrdinalIgnoreCase))
        {
            return TakeRecord(path, patient, refuse) is { } record ? [record] : [];
        }

        ReadOnlyMemory<byte> content = File.ReadAllBytes(path);
        if (content.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            content = content[Encoding.UTF8.Preamble.Length..];
        }

        if (!Path.GetExtension(path).Equals(".ndjson", StringComparison.OrdinalIgnoreCase))
        {
            return Take(path, content, refuse) is { } ecg ? [ecg] : [];
        }

        return Lines(content)
            .Where(line => !line.Text.Span.Trim(" \t\r"u8).IsEmpty)
            .Select(line => Take($"{path}:{line.Number}", line.Text, refuse))
            .OfType<EcgFile>();
    }

    private static EcgFile? TakeRecord(string path, string? patient, Action<string, string> refuse)
    {
        try
        {
            var observation = WfdbObservation.Read(path, patient, out var subject);
            return new(path, observation, Event: null, subject);
        }
        catch (Exception e) when (e is WfdbException or ArgumentException)
        {
            refuse(path, $"cannot be read as a WFDB record ({e.Message})");
            return null;
        }
    }

    private static IEnumerable<(int Number, ReadOnlyMemory<byte> Text)> Lines(ReadOnlyMemory<byte> content)
    {
        for (var number = 1; !content.IsEmpty; number++)
        {
            var end = content.Span.IndexOf((byte)'\n');
            yield return (number, end < 0 ? content : content[..end]);
            content = end < 0 ? default : content[(end + 1)..];
        }
    }

    private static EcgFile? Take(string source, ReadOnlyMemory<byte> json, Action<string, string> refuse)
    {
        try
        {
            var head = Head.Read(json.Span);
            if (head.EventId is { } text)
            {
                if (Guid.TryParse(text, out var eventId))
                {
                    return new(source, json, new(eventId, head.Stat), head.Subject);
                }

                refuse(source, "has an eventId that is not a UUID");
            }
            else if (head.ResourceType == "Observation")
            {
                return new(source, json, Event: null, head.Subject);
            }
            else
            {
                refuse(source, "is neither a FHIR Observation nor an event with an eventId");
            }
        }
        catch (JsonException e)
        {
            refuse(source, $"is not JSON (line {e.LineNumber + 1})");
        }
        catch (InvalidOperationException)
        {
            refuse(source, "is not UTF-8");
        }

        return null;
    }

    /// <summary>The few properties that decide how a file is sent; the whole is read, so that half a file is noticed.</summary>
    private struct Head
    {
        public string? EventId;
        public string? ResourceType;
        public string? Subject;
        public bool Stat;

        public static Head Read(ReadOnlySpan<byte> json)
        {
            var head = default(Head);
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return head;
            }

            var inSubject = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth <= 3)
                {
                    head.ReadProperty(ref reader, ref inSubject);
                }
            }

            return head;
        }

        private void ReadProperty(ref Utf8JsonReader reader, ref bool inSubject)
        {
            if (reader.CurrentDepth == 1 && reader.ValueTextEquals("eventId"u8))
            {
                EventId = Text(ref reader);
            }
            else if (reader.CurrentDepth == 1 && reader.ValueTextEquals("resourceType"u8))
            {
                ResourceType = Text(ref reader);
            }
            else if (reader.CurrentDepth == 1 && reader.ValueTextEquals("priority"u8))
            {
                Stat = Text(ref reader) == "stat";
            }
            else if (inSubject && reader.ValueTextEquals("reference"u8))
            {
                Subject ??= Text(ref reader);
            }
            else
            {
                inSubject = reader.ValueTextEquals("subject"u8) || (inSubject && reader.CurrentDepth > 1);
            }
        }

        private static string? Text(ref Utf8JsonReader reader) =>
            reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }
}
