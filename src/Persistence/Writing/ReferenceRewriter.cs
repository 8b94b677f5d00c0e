using System.Text.Json;
using EcgIntegration.Persistence.Waveforms;

namespace EcgIntegration.Persistence.Writing;

/// <summary>
/// Replaces references in a resource, token by token: everything else stays as it was sent, digit for digit. Looked at are
/// references, URIs of extensions and other values, and the links of the narrative (R4, 3.1.0.11.2).
/// </summary>
public sealed class ReferenceRewriter
{
    private readonly Func<string, string?> _replacementOf;

    /// <summary>Makes one.</summary>
    /// <param name="replacementOf">What stands in for a reference; <see langword="null"/> where it stays.</param>
    public ReferenceRewriter(Func<string, string?> replacementOf) => _replacementOf = replacementOf;

    /// <summary>The resource with its references replaced.</summary>
    /// <param name="resource">A valid FHIR resource, UTF-8.</param>
    public ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> resource)
    {
        using var target = new PooledBuffer(resource.Length + 256);
        using (var copier = new Copier(resource, target, _replacementOf))
        {
            copier.Run();
        }

        return target.Written.ToArray();
    }

    private sealed class Copier(ReadOnlyMemory<byte> resource, PooledBuffer target, Func<string, string?> replacementOf)
        : JsonCopier(resource, target)
    {
        private static readonly string[] Attributes = ["href=\"", "src=\""];

        public void Run()
        {
            var reader = NewReader();
            reader.Read();
            CopyValue(ref reader);
            Writer.Flush();
        }

        protected override void OnText(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
        {
            var place = Place.Path;
            if (IsLink(place) && replacementOf(reader.GetString()!) is { } replacement)
            {
                Writer.WriteStringValue(replacement);
            }
            else if (place.SequenceEqual("\u001ftext\u001fdiv"u8) && reader.ValueSpan.IndexOf("urn:uuid:"u8) >= 0)
            {
                Writer.WriteStringValue(Narrative(reader.GetString()!));
            }
            else
            {
                base.OnText(ref reader, text);
            }
        }

        private static bool IsLink(ReadOnlySpan<byte> place) =>
            place.EndsWith("\u001freference"u8) || place.EndsWith("\u001fvalueUri"u8) || place.EndsWith("\u001fvalueUrl"u8)
            || place.EndsWith("\u001fvalueUuid"u8) || place.EndsWith("\u001fvalueOid"u8);

        private string Narrative(string div)
        {
            foreach (var attribute in Attributes)
            {
                var at = 0;
                while ((at = div.IndexOf(attribute, at, StringComparison.Ordinal)) >= 0)
                {
                    at += attribute.Length;
                    var end = div.IndexOf('"', at);
                    if (end > at && replacementOf(div[at..end]) is { } replacement)
                    {
                        div = string.Concat(div.AsSpan(0, at), replacement, div.AsSpan(end));
                    }
                }
            }

            return div;
        }
    }
}
