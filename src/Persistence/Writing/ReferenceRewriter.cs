using System.Text.Json;
using EcgIntegration.Persistence.Waveforms;

namespace EcgIntegration.Persistence.Writing;

/// <summary>
/// Replaces references in a resource, token by token: everything else stays as it was sent, digit for digit. Looked at are
/// references, URIs of extensions and other values, and the links of the narrative (R4, 3.1.0.11.2).
/// </summary>
public sealed class ReferenceRewriter
{
    /// <summary>Deepest nesting of a resource.</summary>
    public const int MaximumDepth = JsonCopier.MaximumDepth;

    private readonly Func<string, string?> _replacementOf;
    private readonly LinkKinds _kinds;

    /// <summary>Makes one.</summary>
    /// <param name="replacementOf">What stands in for a reference; <see langword="null"/> where it stays.</param>
    /// <param name="kinds">Where it is asked.</param>
    public ReferenceRewriter(Func<string, string?> replacementOf, LinkKinds kinds = LinkKinds.All)
    {
        _replacementOf = replacementOf;
        _kinds = kinds;
    }

    /// <summary>The resource with its references replaced.</summary>
    /// <param name="resource">A valid FHIR resource, UTF-8.</param>
    public ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> resource)
    {
        using var target = new PooledBuffer(resource.Length + 256);
        using (var copier = new Copier(resource, target, _replacementOf, _kinds))
        {
            copier.Run();
        }

        return target.Written.ToArray();
    }

    private sealed class Copier(ReadOnlyMemory<byte> resource, PooledBuffer target, Func<string, string?> replacementOf, LinkKinds kinds)
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
            else if (kinds == LinkKinds.All && place.SequenceEqual("\u001ftext\u001fdiv"u8) && reader.ValueSpan.IndexOf("urn:uuid:"u8) >= 0)
            {
                Writer.WriteStringValue(Narrative(reader.GetString()!));
            }
            else
            {
                base.OnText(ref reader, text);
            }
        }

        private bool IsLink(ReadOnlySpan<byte> place) =>
            place.EndsWith("\u001freference"u8)
            || (kinds == LinkKinds.All && (place.EndsWith("\u001fvalueUri"u8) || place.EndsWith("\u001fvalueUrl"u8)
                || place.EndsWith("\u001fvalueUuid"u8) || place.EndsWith("\u001fvalueOid"u8)));

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

/// <summary>Which links of a resource are looked at.</summary>
public enum LinkKinds
{
    /// <summary>References, URIs of extensions and other values, and the links of the narrative.</summary>
    All,

    /// <summary>References alone.</summary>
    References,
}
