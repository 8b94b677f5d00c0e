using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>
/// Finds what is wrong with JSON, and where: a place of FHIR's own names, or line and byte where the JSON ends to be any. Looks
/// only once something is wrong, or may be.
/// </summary>
internal static class JsonFault
{
    /// <summary>The first fault, or <see langword="null"/>.</summary>
    /// <param name="json">What was sent, UTF-8.</param>
    /// <param name="type">The resource type that is expected.</param>
    /// <param name="place">Where it stands in the request.</param>
    public static FhirProblem? Find(ReadOnlySpan<byte> json, string type, ElementPlace place)
    {
        // One level more than is taken: what stands there is to be named.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = RequestBody.MaximumDepth + 1 });
        var path = new JsonPath(type);
        try
        {
            while (reader.Read())
            {
                if (Examine(ref reader, path) is { } found)
                {
                    return found.At(place.Of(path.Known), RequestBody.MaximumDepth);
                }
            }

            return null;
        }
        catch (JsonException e)
        {
            // Its message quotes the input: it goes no further.
            return WriteProblems.NotJson.At(place.Of(type), e.LineNumber + 1 ?? 1, e.BytePositionInLine + 1 ?? 1);
        }
    }

    /// <summary>The places of numbers that no decimal can hold.</summary>
    /// <param name="json">A resource without a fault.</param>
    /// <param name="type">Its type.</param>
    public static IReadOnlySet<string> NumbersBeyondDecimal(ReadOnlySpan<byte> json, string type)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = RequestBody.MaximumDepth });
        var path = new JsonPath(type);
        while (reader.Read() && Examine(ref reader, path) is null)
        {
            if (reader.TokenType == JsonTokenType.Number && !reader.TryGetDecimal(out _))
            {
                found.Add(path.Known);
            }
        }

        return found;
    }

    private static ProblemDefinition? Examine(ref Utf8JsonReader reader, JsonPath path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                path.Begin(isArray: reader.TokenType == JsonTokenType.StartArray);
                return reader.CurrentDepth < RequestBody.MaximumDepth ? null : WriteProblems.BodyTooDeep;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                path.End();
                return null;
            case JsonTokenType.PropertyName:
                return Text(ref reader, isName: true, out var name) ?? (path.Name(name) ? null : WriteProblems.ElementRepeated);
            case JsonTokenType.String:
                path.Value();
                var problem = Text(ref reader, isName: false, out var text);
                path.Note(text);
                return problem;
            default:
                path.Value();
                return null;
        }
    }

    /// <summary>Why the text of a token is none; of values only short ones are given.</summary>
    private static ProblemDefinition? Text(ref Utf8JsonReader reader, bool isName, out string text)
    {
        text = "";
        if (!reader.ValueIsEscaped)
        {
            if (!Utf8.IsValid(reader.ValueSpan))
            {
                return WriteProblems.NotText;
            }

            text = Short(reader.ValueSpan, isName);
            return null;
        }

        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var plain = rented.AsSpan(0, reader.CopyString(rented));
            text = Short(plain, isName);
            return plain.Contains((byte)0) ? WriteProblems.NullCharacter : null;
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate.
            return WriteProblems.NotText;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static string Short(ReadOnlySpan<byte> text, bool isName) =>
        isName || text.Length <= ResourceScan.LongestName ? Encoding.UTF8.GetString(text) : "";

    /// <summary>Where a reader is.</summary>
    private sealed class JsonPath(string type)
    {
        private readonly Stack<Level> _levels = [];

        /// <summary>The element, as far as FHIR knows its name, from its resource's type on.</summary>
        public string Known
        {
            get
            {
                var known = type;
                var resource = type;
                var rest = "";
                foreach (var level in _levels.Reverse())
                {
                    // A resource within another one has names of its own: what is known of the path so far stands before them.
                    if (rest.Length > 0 && level.Type is { } own && ElementPath.Known(own) is not null)
                    {
                        known = Join(known, resource, rest, out var isWhole);
                        if (!isWhole)
                        {
                            return known;
                        }

                        (resource, rest) = (own, "");
                    }

                    rest += level.Segment;
                }

                return Join(known, resource, rest, out _);
            }
        }

        public void Begin(bool isArray)
        {
            Value();
            _levels.Push(new Level(isArray));
        }

        public void End() => _levels.Pop();

        /// <summary>False where the name was there already.</summary>
        public bool Name(string name) => _levels.Peek().TryName(name);

        /// <summary>The next value of an array.</summary>
        public void Value()
        {
            if (_levels.TryPeek(out var level))
            {
                level.Next();
            }
        }

        public void Note(string text)
        {
            if (_levels.TryPeek(out var level) && level.Current == "resourceType")
            {
                level.Type = text;
            }
        }

        private static string Join(string known, string resource, string rest, out bool isWhole)
        {
            var full = resource + rest;
            var found = ElementPath.Known(full) ?? resource;
            isWhole = found.Length == full.Length;
            return known + found[resource.Length..];
        }
    }

    /// <summary>An object or an array that is not ended yet.</summary>
    private sealed class Level(bool isArray)
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private int _index = -1;

        public string? Current { get; private set; }

        public string? Type { get; set; }

        public string Segment => isArray
            ? _index < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"[{_index}]")
            : Current is null ? "" : "." + Current.TrimStart('_');

        public bool TryName(string name)
        {
            Current = name;
            return _names.Add(name);
        }

        public void Next()
        {
            if (isArray)
            {
                _index++;
            }
        }
    }
}
