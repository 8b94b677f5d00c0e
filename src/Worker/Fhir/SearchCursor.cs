using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir;

/// <summary>A place in a search as an opaque text for the next link. It names a resource, no patient.</summary>
internal static class SearchCursor
{
    public const string Parameter = "_cursor";

    public static string Format(ResourceCursor cursor)
    {
        var bytes = new byte[sizeof(long) + Encoding.ASCII.GetByteCount(cursor.Id)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, cursor.Date.UtcTicks);
        Encoding.ASCII.GetBytes(cursor.Id, bytes.AsSpan(sizeof(long)));
        return Base64Url.EncodeToString(bytes);
    }

    public static ResourceCursor? Parse(string? text)
    {
        if (text is null || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= sizeof(long))
        {
            return null;
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var id = Encoding.ASCII.GetString(bytes.AsSpan(sizeof(long)));
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks && ResourceId.IsValid(id)
            ? new ResourceCursor(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : null;
    }
}
