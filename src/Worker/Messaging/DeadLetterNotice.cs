namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// Says on the dead-letter queue that an event without a usable id came in. The body itself stays in PostgreSQL under
/// <see cref="EventId"/>, because it can hold a patient's name.
/// </summary>
/// <param name="EventId">Derived from the body; the ledger and <c>GET /events/{eventId}</c> know it.</param>
/// <param name="Code">Reason code.</param>
/// <param name="BodySha256">Hash of the body, lower-case hexadecimal.</param>
/// <param name="BodyBytes">Length of the body.</param>
/// <param name="ReceivedAt">When it came in.</param>
internal sealed record DeadLetterNotice(Guid EventId, string Code, string BodySha256, int BodyBytes, DateTimeOffset ReceivedAt);
