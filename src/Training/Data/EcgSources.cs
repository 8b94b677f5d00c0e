using EcgIntegration.Training.Data.Cinc;
using EcgIntegration.Training.Data.Hospital;
using EcgIntegration.Training.Data.Ludb;
using EcgIntegration.Training.Data.MitBih;
using EcgIntegration.Training.Data.PtbXl;

namespace EcgIntegration.Training.Data;

/// <summary>Tells what kind of source a folder is by what is in it.</summary>
internal static class EcgSources
{
    private static readonly (Func<string, bool> Recognises, Func<string, IEcgSource> Create)[] Kinds =
    [
        (PtbXlSource.Recognises, folder => new PtbXlSource(folder)),
        (LudbSource.Recognises, folder => new LudbSource(folder)),
        (MitBihSource.Recognises, folder => new MitBihSource(folder)),
        (CincSource.Recognises, folder => new CincSource(folder)),
        (HospitalSource.Recognises, folder => new HospitalSource(folder)),
    ];

    /// <summary>Opens folders as sources of one data set.</summary>
    /// <exception cref="TrainingException">A folder is missing, is named twice or is no source.</exception>
    public static IReadOnlyList<IEcgSource> Open(IReadOnlyList<string> folders)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var folder in folders)
        {
            if (!seen.Add(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
            {
                throw new TrainingException($"The data folder {folder} is named twice: name it once.");
            }
        }

        return [.. folders.Select(Open)];
    }

    private static IEcgSource Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new TrainingException($"There is no data folder {folder}: name one with --data or ECG_DATA.");
        }

        try
        {
            return Kinds.Where(kind => kind.Recognises(folder)).ToList() switch
            {
                [var kind] => kind.Create(folder),
                [] => throw new TrainingException(
                    $"The data folder {folder} is no source that is known: it needs PTB-XL's ptbxl_database.csv, LUDB's ludb.csv, WFDB headers with .atr annotations or with Dx comments, or FHIR Observations (.json) beside a .csv with a column file or identifier."),
                var several => throw new TrainingException(
                    $"The data folder {folder} holds {string.Join(" and ", several.Select(kind => kind.Create(folder).About.Name))} at once: give each a folder of its own and name both with --data."),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The data folder {folder} cannot be read: check its permissions.", e);
        }
    }
}
