using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Wfdb;
using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Data.Cinc;

/// <summary>
/// Records of the PhysioNet/CinC challenges 2020 and 2021: WFDB headers with SNOMED CT codes in a <c>Dx</c> comment and
/// signals in <c>.mat</c> or <c>.dat</c>, in one folder or nested ones.
/// </summary>
/// <remarks>
/// They name no patient: each record counts as one. The databases hold some ECGs under two names; of those whose headers
/// have the same checksums, the first by path takes part.
/// </remarks>
internal sealed class CincSource(string folder) : IEcgSource
{
    private const string Diagnoses = "Dx:";

    /// <inheritdoc/>
    public EcgSourceDescription About { get; } = new(
        "CinC 2021",
        folder,
        "CC BY 4.0",
        "Reyna MA, et al. Will Two Do? Varying Dimensions in Electrocardiography: The PhysioNet/Computing in Cardiology Challenge 2021. CinC 2021",
        "PhysioNet/Computing in Cardiology Challenges 2020 and 2021",
        "the SNOMED CT codes of the header as far as mappings/snomed.csv maps them");

    /// <summary>Whether a folder is one.</summary>
    public static bool Recognises(string folder)
    {
        foreach (var path in WfdbFolder.SomeHeaders(folder))
        {
            try
            {
                if (WfdbReader.Describe(path).Comments.Any(IsDiagnoses))
                {
                    return true;
                }
            }
            catch (WfdbException)
            {
                // Another header may tell; a damaged one is named when the source is read.
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public EcgSourceContent Read(IReadOnlyList<Label> labels)
    {
        var reader = new TermReader(TermMapping.Snomed, labels);
        var leftOut = new TermCounts();
        var examples = new List<EcgExample>();
        var signals = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in WfdbFolder.Files(About.Folder, "*.hea"))
        {
            var header = WfdbFolder.Describe(path);
            var id = WfdbFolder.IdOf(About.Folder, path);
            var terms = Codes(id, header);
            if (header.SampleCount / header.SamplingRate < Preprocessor.MinimumSeconds)
            {
                leftOut.Add(LeftOutReasons.TooShort);
                continue;
            }

            if (IsCopy(header, signals))
            {
                leftOut.Add(LeftOutReasons.Copy);
                continue;
            }

            var codes = reader.Read(terms);
            if (codes.Count == 0)
            {
                leftOut.Add(LeftOutReasons.NoLabel);
                continue;
            }

            // A tensor is the first 10 s: of half an hour of Holter, the start is enough.
            int? most = header.SampleCount > SignalLimits.MaximumSamples ? SignalLimits.MaximumSamples : null;
            var record = Path.ChangeExtension(path, null);
            examples.Add(new EcgExample(id, About, header.Name, PatientFolds.Of(header.Name), codes, tensor => EcgTensors.Read(record, tensor, most)));
        }

        return new EcgSourceContent(examples, reader.Unmapped, leftOut.List());
    }

    private static bool IsDiagnoses(string comment) => comment.StartsWith(Diagnoses, StringComparison.Ordinal);

    // Twelve checksums of 16 bits: no two ECGs have them all alike by chance.
    private static bool IsCopy(WfdbDescription header, HashSet<string> signals) =>
        header.Checksums.All(checksum => checksum is not null) && !signals.Add(string.Join(' ', header.Checksums));

    private string[] Codes(string id, WfdbDescription header) =>
        header.Comments.FirstOrDefault(IsDiagnoses) is { } comment
            ? comment[Diagnoses.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : throw new TrainingException($"{id}.hea in {About.Folder} has no Dx comment with SNOMED CT codes: take the record out of the folder.");
}
