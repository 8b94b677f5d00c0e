using EcgIntegration.Worker.Classification;
using Microsoft.Extensions.Logging.Abstractions;

namespace EcgIntegration.Worker.Tests.Classification;

public sealed class DeviceSelectionTests
{
    [Theory]
    [InlineData(nameof(Device.Auto), true, "cuda")]
    [InlineData(nameof(Device.Auto), false, "cpu")]
    [InlineData(nameof(Device.Cuda), true, "cuda")]
    [InlineData(nameof(Device.Cpu), true, "cpu")]
    public void Opens_what_is_ordered_or_what_works(string configured, bool cudaWorks, string expected)
    {
        var (session, device) = DeviceSelection.Open(
            Enum.Parse<Device>(configured), () => Cuda(cudaWorks), () => "cpu", NullLogger.Instance);

        Assert.Equal(expected, session);
        Assert.Equal(expected, device is Device.Cuda ? "cuda" : "cpu");
    }

    [Fact]
    public void Never_falls_back_from_an_order() => Assert.Throws<DeviceUnavailableException>(
        () => DeviceSelection.Open(Device.Cuda, () => Cuda(works: false), () => "cpu", NullLogger.Instance));

    [Fact]
    public void A_fault_that_is_not_the_device_is_not_a_reason_to_take_the_cpu() => Assert.Throws<InvalidDataException>(
        () => DeviceSelection.Open(Device.Auto, () => throw new InvalidDataException(), () => "cpu", NullLogger.Instance));

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(8, new[] { 1, 2, 4, 8 })]
    [InlineData(12, new[] { 1, 2, 4, 8, 12 })]
    public void Cuda_sees_few_batch_sizes(int maxBatch, int[] sizes) => Assert.Equal(sizes, OnnxEncoder.PaddedSizes(maxBatch));

    private static string Cuda(bool works) => works ? "cuda" : throw new DeviceUnavailableException("CUDA is missing.");
}
