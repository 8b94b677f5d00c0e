using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Signals.Tests.Fhir;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_allocates_the_recording_and_little_else(bool interlaced)
    {
        var record = TestData.Record("JS20003");
        var text = ObservationWriter.Write(record, Samples.Details, new ObservationFormat { Interlaced = interlaced });
        _ = Samples.Accepted(ObservationSignalReader.Read(text));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var read = ObservationSignalReader.Read(text);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var recording = EcgRecording.LeadCount * read.Recording!.SampleCount * sizeof(float);
        Assert.InRange(allocated, recording, recording + 30_000);
    }
}
