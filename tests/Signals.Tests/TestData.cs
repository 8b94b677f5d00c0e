using System.Runtime.InteropServices;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Signals.Tests;

internal static class TestData
{
    internal static string PathOf(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Data", .. parts]);

    internal static WfdbRecord Record(string name, int first = 0, int? count = null) =>
        WfdbReader.Read(PathOf("wfdb", name + ".hea"), first, count);

    internal static EcgRecording Recording(string name) =>
        WfdbReader.ToRecording(Record(name)).Recording ?? throw new InvalidOperationException($"{name} is refused.");

    internal static float[] Oracle(string file) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(PathOf("oracle", file))).ToArray();
}
