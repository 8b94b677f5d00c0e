using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Wfdb;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Data.MitBih;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data.MitBih;

public sealed class MitBihSourceTests : IDisposable
{
    private readonly DataFolder _data = DataFolder.MitBih();

    [Fact]
    public void A_minute_is_six_windows_with_their_beats_and_rhythms()
    {
        var content = Read();

        Assert.Equal(["207@0s", "207@10s", "207@20s", "207@30s", "207@40s", "207@50s"], content.Examples.Select(example => example.Id));
        Assert.Equal(["PVC", "RBBB", "VBIGU"], content.Examples[0].Labels.Order(StringComparer.Ordinal));
        Assert.Contains("VFL", content.Examples.SelectMany(example => example.Labels));
        Assert.Equal(("207", PatientFolds.Of("207")), (content.Examples[3].Patient, content.Examples[3].Fold));
    }

    [Fact]
    public void The_leads_that_are_there_stand_at_their_place_and_the_others_are_zero()
    {
        var tensor = new float[EcgTensors.Length];
        tensor.AsSpan().Fill(9);

        Read().Examples[2].Read(tensor);

        var window = WfdbReader.Read(_data.PathOf("207.hea"), 7200, 3600);
        foreach (var lead in LeadCodes.All)
        {
            var expected = new float[EcgTensors.Samples];
            if (lead is Lead.II or Lead.V1)
            {
                Preprocessor.FirstWindow(window.Signals[lead == Lead.II ? 0 : 1].Physical, 360, expected);
            }

            Assert.Equal(expected, tensor.AsSpan((int)lead * EcgTensors.Samples, EcgTensors.Samples));
        }
    }

    [Fact]
    public void Records_201_and_202_are_one_patient()
    {
        foreach (var record in (string[])["201", "202"])
        {
            foreach (var kind in (string[])["hea", "dat", "atr"])
            {
                _data.Write($"{record}.{kind}", File.ReadAllBytes(_data.PathOf($"207.{kind}")));
            }

            _data.Change($"{record}.hea", "207", record);
        }

        Assert.Equal(["201", "207"], Read().Examples.Select(example => example.Patient).Distinct());
    }

    [Fact]
    public void A_rhythm_is_a_label_from_its_first_beat_on()
    {
        var windows = MitBihSource.Windows(
            [new(5, '+', "(N"), new(50, 'N', ""), new(99, '+', "(AFIB"), new(120, 'N', ""), new(130, 'x', ""), new(140, '~', ""), new(250, 'V', "")], 100, 2);

        Assert.Equal(["(N", "N"], windows[0].Order(StringComparer.Ordinal));
        Assert.Equal(["(AFIB", "N", "x"], windows[1].Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("207 2 360 21600", "207 2 360 2160", "annotation at sample")]
    [InlineData("207 2 360 21600", "207 2 360", "how many samples")]
    [InlineData("MLII", "ECG", "207.dat")]
    public void A_header_that_lies_is_refused(string truth, string lie, string expected)
    {
        _data.Change("207.hea", truth, lie).Change("207.hea", "V1", "X1").Write("207.dat", []);

        Refusal.Says(() => Read().Examples[0].Read(new float[EcgTensors.Length]), expected == "207.dat" ? "none of the twelve leads" : expected, "207");
    }

    [Fact]
    public void A_signal_file_that_is_cut_off_is_named()
    {
        _data.Write("207.dat", File.ReadAllBytes(_data.PathOf("207.dat"))[..1000]);

        Refusal.Says(() => Read().Examples[0].Read(new float[EcgTensors.Length]), "207.dat", "cut off");
    }

    public void Dispose() => _data.Dispose();

    private EcgSourceContent Read() => Assert.Single(EcgSources.Open([_data.Root])).Read(LabelTable.BuiltIn());
}
