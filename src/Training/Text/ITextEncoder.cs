namespace EcgIntegration.Training.Text;

/// <summary>
/// Turns diagnostic terms into fixed vectors. It is frozen: training never changes it, so a term that no ECG carried in training
/// still gets a place among the labels.
/// </summary>
internal interface ITextEncoder
{
    /// <summary>Name and version, recorded in the model card; a change of any vector is another version.</summary>
    string Name { get; }

    /// <summary>The terms' vectors, each L2-normalised, in the order of the terms.</summary>
    /// <param name="terms">Japanese terms, for example 完全右脚ブロック.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TrainingException">They cannot be had, or are no vectors of one width.</exception>
    Task<TextEmbeddings> EncodeAsync(IReadOnlyList<string> terms, CancellationToken cancellationToken);
}
