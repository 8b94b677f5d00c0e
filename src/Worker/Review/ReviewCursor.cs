using System.Buffers.Binary;
using System.Buffers.Text;
using EcgIntegration.Persistence.Review;

namespace EcgIntegration.Worker.Review;

/// <summary>A place in the list of urgent studies as an opaque text for a link. It names a study, no patient.</summary>
internal static class ReviewCursor
{
    public const string Parameter = "after";

    private const int GuidLength = 16;
    private const int Length = 1 + sizeof(long) + GuidLength;
    private const byte Critical = 1;
    private const byte Stat = 2;

    public static string Format(ReviewPlace place)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = (byte)((place.IsCritical ? Critical : 0) | (place.IsStat ? Stat : 0));
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], place.WaitingSince.UtcTicks);
        place.StudyId.TryWriteBytes(bytes[(1 + sizeof(long))..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The place, or <see langword="null"/> where the text is none.</summary>
    public static ReviewPlace? Parse(string? text)
    {
        if (text is null || !Base64Url.IsValid(text, out var length) || length != Length)
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1));
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new ReviewPlace(
                (bytes[0] & Critical) != 0,
                (bytes[0] & Stat) != 0,
                new DateTimeOffset(ticks, TimeSpan.Zero),
                new Guid(bytes.AsSpan(1 + sizeof(long), GuidLength)))
            : null;
    }
}
