namespace EcgIntegration.Worker.Commands;

/// <summary>A verb cannot do its work; the message is one sentence that says why and what to do. Exit code 1.</summary>
internal sealed class CommandException : Exception
{
    private readonly string _ja;

    /// <summary>With the sentence in the language that is wanted.</summary>
    public CommandException(string message, Exception? inner = null)
        : base(message, inner) => _ja = message;

    /// <summary>With the sentence in both languages, where it is not known which one is wanted.</summary>
    public CommandException(string en, string ja, Exception? inner = null)
        : base(en, inner) => _ja = ja;

    /// <summary>The sentence in a language.</summary>
    public string In(bool japanese) => japanese ? _ja : Message;
}
