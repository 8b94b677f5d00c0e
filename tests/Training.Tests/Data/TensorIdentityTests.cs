using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Wfdb;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Tests.Data;

public sealed class TensorIdentityTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "wfdb");

    // The Worker's way is FHIR text and its reader; training's way is the file. One ECG must give one tensor.
    [Theory]
    [InlineData("HR06005")]
    [InlineData("JS20003")]
    public void Training_and_the_worker_make_the_same_tensor_of_one_ecg(string record)
    {
        var observation = ObservationWriter.Write(WfdbReader.Read(Path.Combine(Folder, record + ".hea")), Details);
        using var worker = Preprocessor.ToTensor(ObservationSignalReader.Read(observation).Recording!);
        var training = new float[EcgTensors.Length];

        EcgTensors.Read(Path.Combine(Folder, record), training);

        Assert.Equal(worker[0].Span, training);
    }

    // PTB-XL 6005 as a public copy holds it, already normalised, is not filtered a second time.
    [Fact]
    public void A_normalised_record_is_only_scaled()
    {
        var record = WfdbReader.Read(Path.Combine(Folder, "00009_lr.hea"));
        var tensor = new float[EcgTensors.Length];

        EcgTensors.Read(Path.Combine(Folder, "00009_lr"), tensor);

        for (var lead = 0; lead < 12; lead++)
        {
            var scaled = record.Signals[lead].Physical.ToArray();
            Preprocessor.Standardise(scaled);
            Assert.Equal(scaled, tensor.AsSpan(lead * EcgTensors.Samples, EcgTensors.Samples));
            Assert.All(scaled.Zip(record.Signals[lead].Physical), pair => Assert.Equal(pair.Second, pair.First, 0.01));
        }
    }

    [Fact]
    public void A_signal_file_that_is_cut_off_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("ecg-cut-");
        try
        {
            File.Copy(Path.Combine(Folder, "00009_lr.hea"), Path.Combine(folder.FullName, "00009_lr.hea"));
            File.WriteAllBytes(Path.Combine(folder.FullName, "00009_lr.dat"), File.ReadAllBytes(Path.Combine(Folder, "00009_lr.dat"))[..5000]);

            var error = Assert.Throws<TrainingException>(() => EcgTensors.Read(Path.Combine(folder.FullName, "00009_lr"), new float[EcgTensors.Length]));

            Assert.Contains("00009_lr.dat", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ObservationDetails Details => new() { Id = "one" };
}
