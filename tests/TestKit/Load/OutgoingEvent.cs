using System.Globalization;
using System.Text;

namespace EcgIntegration.TestKit.Load;

/// <summary>A message for the intake.</summary>
/// <param name="EventId">The event that it must be answered under.</param>
/// <param name="Stat">For the stat queue.</param>
/// <param name="Body">The bytes.</param>
public sealed record OutgoingEvent(Guid EventId, bool Stat, ReadOnlyMemory<byte> Body)
{
    /// <summary>An event that carries an Observation.</summary>
    /// <param name="eventId">Its id.</param>
    /// <param name="stat">For the stat queue.</param>
    /// <param name="occurredAt">When it happened there.</param>
    /// <param name="observation">FHIR Observation.</param>
    public static OutgoingEvent Of(Guid eventId, bool stat, DateTimeOffset occurredAt, ReadOnlyMemory<byte> observation)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"eventId":"{{eventId}}","sourceSystem":"load","occurredAt":"{{occurredAt:yyyy-MM-ddTHH:mm:sszzz}}","priority":"{{(stat ? "stat" : "routine")}}","observation":""");
        return new(eventId, stat, (byte[])[.. Encoding.UTF8.GetBytes(head), .. observation.Span, (byte)'}']);
    }
}
