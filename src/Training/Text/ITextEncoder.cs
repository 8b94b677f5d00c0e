namespace EcgIntegration.Training.Text;

/// <summary>
/// Turns a diagnostic term into a fixed vector. It is frozen: training never changes it, so a term that no ECG carried
/// in training still gets a place among the labels.
/// </summary>
internal interface ITextEncoder
{
    /// <summary>Name and version, recorded in the model card; a change of any vector is another version.</summary>
    string Name { get; }

    /// <summary>Length of a vector.</summary>
    int Width { get; }

    /// <summary>The term's vector: L2-normalised, the same on every machine and in every run.</summary>
    /// <param name="term">Japanese term, for example 完全右脚ブロック.</param>
    float[] Encode(string term);
}
