namespace EcgIntegration.Training.Data;

/// <summary>One annotated ECG of a data set.</summary>
/// <param name="Id">The record's id in its data set.</param>
/// <param name="Patient">The patient's id in the data set; no patient may stand on both sides of a split.</param>
/// <param name="Fold">Fold 1-10 of the data set's own stratified split.</param>
/// <param name="Labels">Codes of the statements present.</param>
/// <param name="Record">Path of the signal files without extension.</param>
internal sealed record EcgExample(int Id, string Patient, int Fold, IReadOnlySet<string> Labels, string Record);
