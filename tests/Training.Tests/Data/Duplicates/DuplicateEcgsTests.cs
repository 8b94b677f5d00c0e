using EcgIntegration.Signals;
using EcgIntegration.Signals.Wfdb;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Data.Duplicates;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data.Duplicates;

public sealed class DuplicateEcgsTests : IDisposable
{
    private static readonly EcgSourceDescription One = new("one", "/one", "", "", "", "");
    private static readonly EcgSourceDescription Two = new("two", "/two", "", "", "", "");
    private readonly DataFolder _cinc = DataFolder.Cinc();

    // PTB-XL 6005 is in the challenge as HR06005: raw at 500 Hz there, band-passed and z-scored at 100 Hz here.
    [Fact]
    public void One_ecg_in_two_sources_is_found_by_its_signal()
    {
        using var ptbXl = new DataFolder();
        ptbXl.Copy(Path.Combine(DataFolder.Records, "ptb-xl"), "06005_lr.*", "records100")
            .Write("scp_statements.csv", ",form,rhythm\nNORM,,\n")
            .Write("ptbxl_database.csv", "ecg_id,patient_id,scp_codes,strat_fold,filename_lr,filename_hr\n6005,2810.0,{'NORM': 15.0},3,records100/06005_lr,none\n");

        Refusal.Says(
            () => DataSplit.ReadWhole(EcgSources.Open([ptbXl.Root, _cinc.Root]), LabelTable.BuiltIn()),
            "6005 of PTB-XL",
            "HR06005 of CinC 2021",
            ptbXl.Root,
            _cinc.Root);
    }

    [Fact]
    public void Different_ecgs_are_no_copies()
    {
        using var ludb = DataFolder.Ludb();
        using var mitBih = DataFolder.MitBih();

        var (ecgs, _) = DataSplit.ReadWhole(EcgSources.Open([_cinc.Root, ludb.Root, mitBih.Root]), LabelTable.BuiltIn());

        Assert.Equal(10, ecgs.Count);
    }

    [Theory]
    [InlineData("every fifth sample")]
    [InlineData("mean of five samples")]
    [InlineData("twice band-passed")]
    [InlineData("high-pass of first order")]
    [InlineData("low-pass of 8 ms")]
    [InlineData("half as high, upside up")]
    public void A_copy_is_found_whatever_was_done_to_it(string treatment)
    {
        var recording = WfdbReader.ToRecording(WfdbReader.Read(Path.Combine(DataFolder.Wfdb, "JS20003.hea"))).Recording!;

        Refusal.Says(() => DuplicateEcgs.Refuse(Data((One, "a", 1, Tensor(recording)), (Two, "b", 1, Treated(recording, treatment)))), "a of one", "b of two");
    }

    [Theory]
    [InlineData("p", "q", 1, 1, "two patients")]
    [InlineData("p", "p", 1, 9, "folds 1 and 9")]
    public void Within_a_source_an_ecg_has_one_patient_and_one_fold(string first, string second, int firstFold, int secondFold, string expected)
    {
        var tensor = Original();

        Refusal.Says(() => DuplicateEcgs.Refuse(Data((One, first, firstFold, tensor)), Data((One, second, secondFold, tensor))), expected);
    }

    [Fact]
    public void The_same_patient_in_the_same_fold_harms_nothing()
    {
        var tensor = Original();

        DuplicateEcgs.Refuse(Data((One, "p", 1, tensor), (One, "p", 1, tensor)));
    }

    [Fact]
    public void Flat_ecgs_are_not_one_ecg() =>
        DuplicateEcgs.Refuse(Data((One, "p", 1, new float[EcgTensors.Length]), (One, "q", 9, new float[EcgTensors.Length])));

    public void Dispose() => _cinc.Dispose();

    private static float[] Original() => Tensor(WfdbReader.ToRecording(WfdbReader.Read(Path.Combine(DataFolder.Wfdb, "JS20003.hea"))).Recording!);

    private static float[] Tensor(EcgRecording recording)
    {
        var tensor = new float[EcgTensors.Length];
        EcgTensors.Of(recording, "made", tensor);
        return tensor;
    }

    private static float[] Treated(EcgRecording recording, string treatment)
    {
        switch (treatment)
        {
            case "every fifth sample":
                return Tensor(Map(recording, 5, (lead, i) => lead[i * 5]));
            case "mean of five samples":
                return Tensor(Map(recording, 5, (lead, i) => (lead[i * 5] + lead[(i * 5) + 1] + lead[(i * 5) + 2] + lead[(i * 5) + 3] + lead[(i * 5) + 4]) / 5));
            case "twice band-passed":
                var once = Tensor(recording);
                return Tensor(new EcgRecording(100, EcgTensors.Samples, once, new HashSet<Lead>()));
            case "high-pass of first order":
                float kept = 0;
                return Tensor(Map(recording, 1, (lead, i) => kept = i == 0 ? 0 : 0.99937f * (kept + lead[i] - lead[i - 1])));
            case "low-pass of 8 ms":
                return Tensor(Map(recording, 1, (lead, i) => (lead[Math.Max(i - 2, 0)] + lead[Math.Max(i - 1, 0)] + lead[i] + lead[Math.Min(i + 1, lead.Length - 1)] + lead[Math.Min(i + 2, lead.Length - 1)]) / 5));
            default:
                return Tensor(Map(recording, 1, (lead, i) => lead[i] / 2));
        }
    }

    private delegate float Sample(ReadOnlySpan<float> lead, int index);

    private static EcgRecording Map(EcgRecording recording, int decimation, Sample sample)
    {
        var count = recording.SampleCount / decimation;
        var millivolts = new float[12 * count];
        foreach (var lead in LeadCodes.All)
        {
            for (var i = 0; i < count; i++)
            {
                millivolts[((int)lead * count) + i] = sample(recording[lead], i);
            }
        }

        return new EcgRecording(recording.SamplingRate / decimation, count, millivolts, new HashSet<Lead>());
    }

    private static EcgDataset Data(params (EcgSourceDescription Source, string Patient, int Fold, float[] Tensor)[] ecgs) => EcgDataset.Of(
        [.. ecgs.Select(ecg => new EcgExample(ecg.Patient, ecg.Source, ecg.Patient, ecg.Fold, new HashSet<string>(), tensor => ecg.Tensor.CopyTo(tensor)))],
        [.. ecgs.SelectMany(ecg => ecg.Tensor)],
        new bool[ecgs.Length, 1]);
}
