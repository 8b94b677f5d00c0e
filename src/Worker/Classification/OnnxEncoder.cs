using System.Security.Cryptography;
using EcgIntegration.Contracts.Bundles;
using Microsoft.ML.OnnxRuntime;

namespace EcgIntegration.Worker.Classification;

/// <summary>
/// The encoder of a bundle in one ONNX Runtime session. Not for concurrent use: the buffers belong to whoever is inside
/// <see cref="Encode"/>, which is the one loop of the micro-batcher that has the turn.
/// </summary>
internal sealed class OnnxEncoder : IDisposable
{
    /// <summary>Values of one window: 12 leads x 1,000 samples.</summary>
    public const int WindowLength = Leads * Samples;

    private const int Leads = 12;
    private const int Samples = 1000;

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly int _width;
    private readonly int[] _batchSizes;

    // Pinned, so that ONNX Runtime reads and writes them in place, and allocated once.
    private readonly float[] _input;
    private readonly float[] _output;

    private OnnxEncoder(InferenceSession session, Device device, int width, int maxBatch)
    {
        _session = session;
        _width = width;
        Device = device;
        MaxBatch = maxBatch;
        _batchSizes = device is Device.Cuda ? PaddedSizes(maxBatch) : [];
        _input = GC.AllocateArray<float>(maxBatch * WindowLength, pinned: true);
        _output = GC.AllocateArray<float>(maxBatch * width, pinned: true);
    }

    /// <summary>The device that runs, <see cref="Device.Cpu"/> or <see cref="Device.Cuda"/>.</summary>
    public Device Device { get; }

    /// <summary>ONNX Runtime's name of it.</summary>
    public string Provider => Device is Device.Cuda ? DeviceSelection.CudaProvider : DeviceSelection.CpuProvider;

    /// <summary>Windows in one call at most.</summary>
    public int MaxBatch { get; }

    /// <summary>Loads the encoder, checks what it takes and gives, and runs it once at each size that matters.</summary>
    /// <exception cref="ModelBundleException">The file is not the one the bundle describes, or not such an encoder.</exception>
    /// <exception cref="DeviceUnavailableException">The device ordered does not work.</exception>
    public static OnnxEncoder Load(ModelBundle bundle, ModelOptions options, ILogger logger)
    {
        var model = ReadVerified(bundle);
        try
        {
            var (session, device) = DeviceSelection.Open(
                options.Device,
                () => DeviceSelection.OpenCuda(model, options.CudaDevice),
                () => DeviceSelection.OpenCpu(model, options.EffectiveIntraOpThreads),
                logger);
            var encoder = new OnnxEncoder(session, device, bundle.EmbeddingWidth, options.MaxBatch);
            try
            {
                Require(session.InputMetadata, BundleFiles.InputName, "input", [-1, Leads, Samples]);
                Require(session.OutputMetadata, BundleFiles.OutputName, "output", [-1, bundle.EmbeddingWidth]);
                encoder.WarmUp();
                return encoder;
            }
            catch
            {
                encoder.Dispose();
                throw;
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelBundleException($"{BundleFiles.Encoder} cannot be run by ONNX Runtime: restore the bundle, or export it again.", e);
        }
    }

    /// <summary>Encodes windows.</summary>
    /// <param name="windows">1 to <see cref="MaxBatch"/> windows of <see cref="WindowLength"/> values.</param>
    /// <returns>One embedding a window, in their order; valid until the next call.</returns>
    public ReadOnlySpan<float> Encode(IReadOnlyList<ReadOnlyMemory<float>> windows)
    {
        for (var i = 0; i < windows.Count; i++)
        {
            windows[i].Span.CopyTo(_input.AsSpan(i * WindowLength, WindowLength));
        }

        var size = PaddedSize(windows.Count);
        _input.AsSpan(windows.Count * WindowLength, (size - windows.Count) * WindowLength).Clear();
        Run(size);
        return _output.AsSpan(0, windows.Count * _width);
    }

    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    /// <summary>The few batch sizes CUDA sees, because each new one costs a choice of algorithms: powers of two and the largest.</summary>
    internal static int[] PaddedSizes(int maxBatch)
    {
        var sizes = new List<int>();
        for (var size = 1; size < maxBatch; size *= 2)
        {
            sizes.Add(size);
        }

        sizes.Add(maxBatch);
        return [.. sizes];
    }

    private int PaddedSize(int count)
    {
        foreach (var size in _batchSizes)
        {
            if (size >= count)
            {
                return size;
            }
        }

        return count;
    }

    private void WarmUp()
    {
        foreach (var size in _batchSizes.Length > 0 ? _batchSizes : [1, MaxBatch])
        {
            Run(size);
        }
    }

    private void Run(int size)
    {
        // A row that a faulty kernel leaves unwritten must be seen as a fault, not as the previous patient's embedding.
        _output.AsSpan(0, size * _width).Fill(float.NaN);

        // Bound anew for each run: on CUDA a value bound once keeps its device copy, which would be another patient's ECG.
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _input.AsMemory(0, size * WindowLength), [size, Leads, Samples]);
        using var output = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _output.AsMemory(0, size * _width), [size, _width]);
        _session.Run(_runOptions, [BundleFiles.InputName], [input], [BundleFiles.OutputName], [output]);
    }

    private static byte[] ReadVerified(ModelBundle bundle)
    {
        byte[] model;
        try
        {
            model = File.ReadAllBytes(bundle.EncoderPath);
        }
        catch (IOException e)
        {
            throw new ModelBundleException($"The model bundle lacks a readable {BundleFiles.Encoder}: restore the bundle whole.", e);
        }

        // What runs must be what the recorded hash names, even if the file changed after the bundle was checked.
        return Convert.ToHexStringLower(SHA256.HashData(model)) == bundle.Card.Files[BundleFiles.Encoder]
            ? model
            : throw new ModelBundleException($"{BundleFiles.Encoder} was changed while it was loaded: restore the bundle whole.");
    }

    private static void Require(IReadOnlyDictionary<string, NodeMetadata> nodes, string name, string kind, int[] shape)
    {
        if (nodes.Count != 1 || !nodes.TryGetValue(name, out var node) || node.ElementType != typeof(float)
            || !node.Dimensions.AsSpan().SequenceEqual(shape))
        {
            throw new ModelBundleException(
                $"{BundleFiles.Encoder} must have one {kind}, {name}, float32 [N, {string.Join(", ", shape[1..])}]: export it again.");
        }
    }
}
