namespace EcgIntegration.Training.Data;

/// <summary>One annotated ECG of a source.</summary>
/// <param name="Id">The record's id in its source.</param>
/// <param name="Source">The source it is from.</param>
/// <param name="Patient">The patient's id in the source; no patient may stand on both sides of a split.</param>
/// <param name="Fold">Fold 1-10: the source's own, or that of <see cref="PatientFolds.Of"/>.</param>
/// <param name="Labels">Codes of the catalogue that are present.</param>
/// <param name="Read">Reads the signal.</param>
internal sealed record EcgExample(
    string Id,
    EcgSourceDescription Source,
    string Patient,
    int Fold,
    IReadOnlySet<string> Labels,
    TensorReader Read);

/// <summary>Reads one ECG as the model's input.</summary>
/// <param name="tensor">Receives <see cref="EcgTensors.Length"/> values, 12 x 1,000.</param>
/// <exception cref="TrainingException">The signal cannot be read or used.</exception>
internal delegate void TensorReader(Span<float> tensor);
