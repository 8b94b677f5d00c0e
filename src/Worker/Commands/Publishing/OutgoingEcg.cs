namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>One ECG to publish.</summary>
/// <param name="Source">Where it comes from, for people.</param>
/// <param name="Name">Short name for tables.</param>
/// <param name="Json">An Observation, or a whole event, UTF-8.</param>
/// <param name="Head">What of it decides how it is sent.</param>
internal sealed record OutgoingEcg(string Source, string Name, ReadOnlyMemory<byte> Json, EventHead Head);
