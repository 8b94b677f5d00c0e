using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Tests.Classification;

public sealed class ClassificationServicesTests : IDisposable
{
    private readonly TestBundle _bundle = TestBundle.Create();

    [Fact]
    public async Task The_host_loads_the_model_at_its_start_and_drains_it_at_its_stop()
    {
        using var host = Host(("Model:Device", "auto"), ("Model:MaxDelay", "00:00:00.002"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var classifier = host.Services.GetRequiredService<IModelPool>().Active.Classifier;

        Assert.Equal("cpu", classifier.Model.Device);
        var pending = classifier.ClassifyAsync(TestBundle.Window(("SR", 1)), CancellationToken.None);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, (await pending.Soon()).Windows);
        await Assert.ThrowsAsync<ClassifierStoppingException>(
            () => classifier.ClassifyAsync(TestBundle.Window(("SR", 1)), CancellationToken.None).Soon());
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task The_start_fails_where_cuda_is_ordered_and_missing()
    {
        var host = Host(("Model:Device", "cuda"));
        await using var _ = (IAsyncDisposable)host;
        await Assert.ThrowsAsync<DeviceUnavailableException>(() => host.StartAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Model:Path", " ", "Model:Path must name the folder of a model bundle.")]
    [InlineData("Model:Bundles", " ", "Model:Bundles must name a folder; it need not exist.")]
    [InlineData("Model:KeepLoaded", "-1", "Model:KeepLoaded must be between 0 and 16.")]
    [InlineData("Model:MaxBatch", "0", "Model:MaxBatch must be between 1 and 256.")]
    [InlineData("Model:MaxDelay", "00:01:00", "Model:MaxDelay must be between 0 and 1 second.")]
    [InlineData("Model:QueueCapacity", "3", "Model:QueueCapacity must be between Model:MaxBatch and 65536.")]
    [InlineData("Model:IntraOpThreads", "-1", "Model:IntraOpThreads must be between 0 and 256.")]
    [InlineData("Model:CudaDevice", "-1", "Model:CudaDevice must be 0 or more.")]
    [InlineData("Model:Device", "7", "Model:Device must be auto, cpu or cuda.")]
    public async Task The_start_fails_with_a_sentence_for_a_setting_that_cannot_work(string key, string value, string sentence)
    {
        var host = Host((key, value));
        await using var _ = (IAsyncDisposable)host;
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal([sentence], e.Failures);
    }

    public void Dispose() => _bundle.Dispose();

    private IHost Host(params (string Key, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Model:Path", _bundle.Folder)]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddClassification();
        return builder.Build();
    }
}
