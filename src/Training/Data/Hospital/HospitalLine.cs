namespace EcgIntegration.Training.Data.Hospital;

/// <summary>What a hospital's table says of one ECG.</summary>
/// <param name="Place">Table and line, for messages.</param>
/// <param name="Name">The file or identifier as the table has it.</param>
/// <param name="File">Path of the Observation.</param>
/// <param name="Patient">The patient's id, or what stands for it.</param>
/// <param name="Fold">Fold 1-10; <see langword="null"/> where the table gives none.</param>
/// <param name="Labels">Terms of the column <c>labels</c>.</param>
/// <param name="Report">Free text; empty where there is none.</param>
internal sealed record HospitalLine(
    string Place,
    string Name,
    string File,
    string Patient,
    int? Fold,
    IReadOnlyList<string> Labels,
    string Report);
