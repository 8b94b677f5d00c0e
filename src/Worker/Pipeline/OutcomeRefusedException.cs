namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// The broker refused a message, because the queue of one of its consumers is full: the other consumers have got it. Carries
/// nothing of the message.
/// </summary>
internal sealed class OutcomeRefusedException() : Exception("The broker refused a message: the queue of a consumer is full.");
