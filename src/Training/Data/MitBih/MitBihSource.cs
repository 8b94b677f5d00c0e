using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Wfdb;
using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Data.MitBih;

/// <summary>
/// Records with beat and rhythm annotations (<c>.atr</c>), as the MIT-BIH arrhythmia database has them, cut into windows
/// of 10 s from the start. A window's labels are its beats and the rhythms these beats belong to.
/// </summary>
/// <remarks>
/// The signals are placed by name, MLII as II; leads that are not there are zero, as flat leads are. A record is a
/// patient, but 201 and 202 are one.
/// </remarks>
internal sealed class MitBihSource(string folder) : IEcgSource
{
    private const int WindowSeconds = 10;

    /// <inheritdoc/>
    public EcgSourceDescription About { get; } = new(
        "MIT-BIH",
        folder,
        "ODC-BY 1.0",
        "Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database. IEEE Eng in Med and Biol 20(3), 45-50 (2001). doi:10.13026/C2F305",
        "PhysioNet, MIT-BIH Arrhythmia Database 1.0.0",
        "the beats of a 10 s window and the rhythms they belong to, as far as mappings/mit-bih.csv maps them");

    /// <summary>Whether a folder is one.</summary>
    public static bool Recognises(string folder) => WfdbFolder.Any(folder, "*.atr");

    /// <inheritdoc/>
    public EcgSourceContent Read(IReadOnlyList<Label> labels)
    {
        var reader = new TermReader(TermMapping.MitBih, labels);
        var leftOut = new TermCounts();
        var examples = new List<EcgExample>();
        foreach (var path in WfdbFolder.Files(About.Folder, "*.atr"))
        {
            var record = Path.ChangeExtension(path, null);
            var header = WfdbFolder.Describe(record + ".hea");
            var (leads, samples) = Layout(path, header);
            var annotations = MitAnnotationFile.Read(path);
            if (annotations.FirstOrDefault(annotation => annotation.Sample >= samples) is { } beyond)
            {
                throw new TrainingException($"{path} has an annotation at sample {beyond.Sample} and its record has {samples}: fetch both again.");
            }

            var patient = Patient(header.Name);
            var length = (int)Math.Round(header.SamplingRate * WindowSeconds);
            foreach (var (index, terms) in Windows(annotations, length, samples / length).Index())
            {
                var codes = reader.Read(terms);
                if (codes.Count == 0)
                {
                    leftOut.Add(LeftOutReasons.NoLabel);
                    continue;
                }

                var window = new MitWindow(record, index * length, length, leads);
                var id = $"{WfdbFolder.IdOf(About.Folder, path)}@{index * WindowSeconds}s";
                examples.Add(new EcgExample(id, About, patient, PatientFolds.Of(patient), codes, window.Read));
            }
        }

        return new EcgSourceContent(examples, reader.Unmapped, leftOut.List());
    }

    /// <summary>The terms of each window.</summary>
    internal static IReadOnlyList<IReadOnlySet<string>> Windows(IReadOnlyList<MitAnnotation> annotations, int length, int count)
    {
        var windows = Enumerable.Range(0, count).Select(_ => new HashSet<string>(StringComparer.Ordinal)).ToList();
        string? rhythm = null;
        foreach (var annotation in annotations)
        {
            if (annotation.IsRhythm)
            {
                rhythm = annotation.Note;
            }

            if ((annotation.IsBeat || annotation.IsBlockedBeat) && annotation.Sample / length is var index && index < count)
            {
                windows[index].Add(annotation.Symbol.ToString());
                if (rhythm is not null)
                {
                    windows[index].Add(rhythm);
                }
            }
        }

        return windows;
    }

    private static string Patient(string record) => record == "202" ? "201" : record;

    private static (IReadOnlyDictionary<int, Lead> Leads, int Samples) Layout(string path, WfdbDescription header)
    {
        var leads = new Dictionary<int, Lead>();
        foreach (var (index, name) in header.Signals.Index())
        {
            if (LeadCodes.TryParseName(name == "MLII" ? Lead.II.Name() : name, out var lead) && !leads.ContainsValue(lead))
            {
                leads.Add(index, lead);
            }
        }

        if (leads.Count == 0)
        {
            throw new TrainingException($"The record of {path} has none of the twelve leads, nor MLII, by name: take it out of the folder.");
        }

        return header is { SampleCount: { } samples, SamplingRate: >= SignalLimits.MinimumRate and <= SignalLimits.MaximumRate }
            ? (leads, samples)
            : throw new TrainingException($"The header of {path} does not say how many samples its record has, or a sampling frequency of {SignalLimits.MinimumRate} to {SignalLimits.MaximumRate} Hz: fetch it again.");
    }
}
