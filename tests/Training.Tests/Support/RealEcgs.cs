using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Tests.Support;

/// <summary>The real ECGs of <c>samples/</c>, as the Worker would give them to the model.</summary>
internal static class RealEcgs
{
    /// <summary>How many are taken.</summary>
    public const int Count = 32;

    /// <summary>Tensors, ECGs x 12 x 1,000.</summary>
    public static float[] Tensors { get; } = Read();

    private static float[] Read()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "samples"), "*.json").Order(StringComparer.Ordinal).Take(Count).ToList();
        Assert.Equal(Count, files.Count);
        var tensors = new float[Count * EcgTensors.Length];
        foreach (var (i, file) in files.Index())
        {
            using var tensor = Preprocessor.ToTensor(ObservationSignalReader.Read(File.ReadAllBytes(file)).Recording!);
            tensor[0].Span.CopyTo(tensors.AsSpan(i * EcgTensors.Length));
        }

        return tensors;
    }
}
