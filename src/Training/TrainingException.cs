namespace EcgIntegration.Training;

/// <summary>Training cannot go on; the message is one sentence that says what is wrong, where, and what to do.</summary>
internal sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
