using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace EcgIntegration.Worker.Classification;

/// <summary>Decides where the model runs, and never falls back in silence.</summary>
internal static class DeviceSelection
{
    public const string CpuProvider = "CPUExecutionProvider";
    public const string CudaProvider = "CUDAExecutionProvider";

    /// <summary>Chooses the device.</summary>
    /// <param name="configured">What is asked for.</param>
    /// <param name="openCuda">Tries CUDA: the session, or a <see cref="DeviceUnavailableException"/>.</param>
    /// <param name="openCpu">The session on the CPU.</param>
    /// <param name="logger">Hears why <see cref="Device.Auto"/> did not take CUDA.</param>
    /// <exception cref="DeviceUnavailableException">CUDA is ordered and does not work.</exception>
    public static (T Session, Device Device) Open<T>(Device configured, Func<T> openCuda, Func<T> openCpu, ILogger logger)
    {
        if (configured is Device.Cpu)
        {
            return (openCpu(), Device.Cpu);
        }

        try
        {
            return (openCuda(), Device.Cuda);
        }
        catch (DeviceUnavailableException e) when (configured is Device.Auto)
        {
            Log.CudaUnavailable(logger, e.Message);
            return (openCpu(), Device.Cpu);
        }
    }

    /// <summary>A CUDA session on <paramref name="cudaDevice"/>.</summary>
    /// <exception cref="DeviceUnavailableException">The build lacks CUDA, or the machine does.</exception>
    public static InferenceSession OpenCuda(byte[] model, int cudaDevice)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider))
        {
            throw new DeviceUnavailableException(
                "This build of the worker has no CUDA execution provider: build it with -p:Accelerator=cuda (docs/gpu.md), or set Model:Device to cpu.");
        }

        try
        {
            using var options = Options(threads: 1);
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = cudaDevice.ToString(System.Globalization.CultureInfo.InvariantCulture),
                // EXHAUSTIVE measures every new shape while an ECG waits; HEURISTIC chooses at once.
                ["cudnn_conv_algo_search"] = "HEURISTIC",
                // TF32 keeps 10 bits of mantissa: thresholds were fitted on fp32 and both devices must agree.
                ["use_tf32"] = "0",
            });
            options.AppendExecutionProvider_CUDA(cuda);
            return new InferenceSession(model, options);
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new DeviceUnavailableException(
                $"CUDA device {cudaDevice} cannot be used on this machine: install the driver, CUDA and cuDNN that docs/gpu.md names, or set Model:Device to cpu.",
                e);
        }
    }

    /// <summary>A session on the CPU.</summary>
    public static InferenceSession OpenCpu(byte[] model, int threads)
    {
        using var options = Options(threads);
        return new InferenceSession(model, options);
    }

    private static SessionOptions Options(int threads)
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Spinning threads would take the cores from the rest of the worker between batches.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        return options;
    }
}
