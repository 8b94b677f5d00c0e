using System.Globalization;
using System.Text;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Worker.Commands.Samples;

/// <summary><c>samples/README.md</c>: attribution, and what the sources themselves say of each ECG.</summary>
internal static class SampleReadme
{
    private const string Head = """
        # Samples

        Real ECGs of 10 s at 500 Hz from two published databases, as FHIR R4 Observations of the JP Core electrocardiogram
        profile. **The patients are invented**: every family name is 見本 ("specimen"), every patient identifier begins with
        `CANARY-`, and times, performers and identifiers are made up. Tests look for these names in logs and events, where
        they must never appear.

        | database | licence | cite |
        |---|---|---|
        | `ludb-*`: Lobachevsky University Electrocardiography Database 1.0.1, PhysioNet | ODC-BY 1.0 | Kalyakulina et al., IEEE Access 2020, 10.1109/ACCESS.2020.3029211 |
        | `cinc-*`: PhysioNet/Computing in Cardiology Challenge 2021, Georgia (E) and Ningbo (JS) | CC BY 4.0 | Reyna et al., CinC 2021; Alday et al., Physiol Meas 2020; Zheng et al., Sci Data 2020 |

        The samples are the recorders' own counts with origin and factor: nothing is rounded. Eight leads are I, II and V1-V6;
        III, aVR, aVL and aVF follow from I and II. LUDB's headers scale each lead to a range of 1 mV; here its counts are
        taken as microvolts, which is what they are (they obey Einthoven's law across leads), so voltages are true.
        `cinc-JS20004` really lacks V2, V4 and V6 (constant zero) and shows what becomes of an ECG that cannot be analysed.

        `ecg samples --ludb DIR --cinc DIR --out samples` makes the folder anew from copies of the databases.

        The last column is the source's own diagnosis, not this program's.

        | file | patient | signal | diagnosis in the source |
        |---|---|---|---|

        """;

    // Names as in the challenge's own mapping of SNOMED CT codes.
    private static readonly Dictionary<string, string> ChallengeNames = new(StringComparer.Ordinal)
    {
        ["426783006"] = "sinus rhythm",
        ["427084000"] = "sinus tachycardia",
        ["426177001"] = "sinus bradycardia",
        ["111975006"] = "prolonged QT interval",
        ["164873001"] = "left ventricular hypertrophy",
        ["59118001"] = "right bundle branch block",
        ["284470004"] = "premature atrial contraction",
        ["427172004"] = "premature ventricular contractions",
        ["164934002"] = "T wave abnormal",
        ["55827005"] = "left ventricular high voltage",
        ["89792004"] = "right ventricular hypertrophy",
        ["698252002"] = "nonspecific intraventricular conduction disorder",
        ["713422000"] = "atrial tachycardia",
    };

    public static string Write(IReadOnlyList<(Sample Sample, WfdbRecord Record)> samples)
    {
        var text = new StringBuilder(Head);
        foreach (var (sample, record) in samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{sample.FileName}.json` | 見本 {sample.Given} | {Form(sample.Format)} | {Diagnosis(sample, record)} |\n");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Form(ObservationFormat format) =>
        $"{format.Leads.Count} leads{(format.Interlaced ? ", interlaced" : "")}{(format.Unit == VoltageUnit.Microvolt ? ", µV" : "")}{(format == ObservationFormat.Default || format.LeadSystem == Signals.LeadCodes.System ? "" : ", ISO code system")}";

    private static string Diagnosis(Sample sample, WfdbRecord record) => sample.Source == SampleSource.Ludb
        ? string.Join("; ", record.Comments.Where(comment => comment.Length > 0 && comment[0] != '<').Select(comment => comment.TrimEnd('.')))
        : string.Join("; ", record.Comments.Single(comment => comment.StartsWith("Dx:", StringComparison.Ordinal))["Dx:".Length..]
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(code => $"{ChallengeNames[code]} ({code})"));
}
