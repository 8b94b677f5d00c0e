using System.Globalization;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Training.Data.Hospital;

/// <summary>
/// A hospital's own ECGs: FHIR Observations, a <c>.json</c> file each, and one table beside them that says what they show.
/// </summary>
internal sealed class HospitalSource(string folder) : IEcgSource
{
    /// <inheritdoc/>
    public EcgSourceDescription About { get; } = new(
        "hospital",
        folder,
        "the hospital's own",
        "none",
        "the hospital's own ECGs",
        "the Japanese labels of the table, or the findings that its reports name and do not negate");

    /// <summary>Whether a folder is one.</summary>
    /// <exception cref="TrainingException">A table beside the Observations cannot be read.</exception>
    public static bool Recognises(string folder) => WfdbFolder.Any(folder, "*.json") && HospitalTable.In(folder).Count > 0;

    /// <inheritdoc/>
    public EcgSourceContent Read(IReadOnlyList<Label> labels)
    {
        var table = HospitalTable.In(About.Folder) is [var one]
            ? one
            : throw new TrainingException($"{About.Folder} has more than one table of ECGs: leave one .csv with a column file or identifier.");
        var terms = new JapaneseTerms(labels);
        var leftOut = new TermCounts();
        var examples = new List<EcgExample>();
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in HospitalTable.Read(About.Folder, table))
        {
            if (!files.Add(line.File))
            {
                throw new TrainingException($"{line.Place} names {line.Name} a second time: keep one line for each ECG.");
            }

            var codes = Codes(line, terms);
            if (codes.Count == 0)
            {
                leftOut.Add(LeftOutReasons.NoLabel);
                continue;
            }

            examples.Add(new EcgExample(
                line.Name, About, line.Patient, line.Fold ?? PatientFolds.Of(line.Patient), codes, tensor => ReadTensor(line, tensor)));
        }

        return new EcgSourceContent(examples, [], leftOut.List());
    }

    private static HashSet<string> Codes(HospitalLine line, JapaneseTerms terms)
    {
        var codes = new HashSet<string>(terms.InReport(line.Report), StringComparer.Ordinal);
        foreach (var label in line.Labels)
        {
            codes.UnionWith(terms.Named(label)
                ?? throw new TrainingException($"{line.Place} names the label {label}, which the catalogue lacks: write a Japanese term or a code of models/catalogue/labels.csv, or put the words into the column report."));
        }

        return codes;
    }

    private static void ReadTensor(HospitalLine line, Span<float> tensor)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(line.File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{line.Place} names {line.Name}, which cannot be read: put the file there, or take the line out.", e);
        }

        var read = ObservationSignalReader.Read(text);
        if (read.Recording is not { } recording)
        {
            var reason = read.Reasons[0];
            var where = reason.Where is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" at {reason.Where}");
            throw new TrainingException($"The Observation {line.Name} ({line.Place}) cannot be used{where}: {reason.En}");
        }

        EcgTensors.Of(recording, line.Name, tensor);
    }
}
