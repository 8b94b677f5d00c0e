namespace EcgIntegration.Worker.Commands;

/// <summary>A verb cannot do its work; the message is one sentence that says why and what to do. Exit code 1.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
