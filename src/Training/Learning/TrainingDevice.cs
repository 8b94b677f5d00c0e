using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>Where a training runs.</summary>
internal static class TrainingDevice
{
    /// <summary>What <c>--device</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "cpu", "cuda"];

    /// <summary>The device of a name: <c>auto</c> is the GPU where there is one.</summary>
    /// <exception cref="TrainingException">CUDA was asked for and does not work.</exception>
    public static Device Choose(string name) => name switch
    {
        "cpu" => CPU,
        "cuda" when !HasCuda() => throw new TrainingException(
            "CUDA does not work here: build with -p:Accelerator=cuda on a machine with an NVIDIA driver (docs/gpu.md), or train with --device cpu."),
        "cuda" => CUDA,
        _ => HasCuda() ? CUDA : CPU,
    };

    private static bool HasCuda() => cuda.is_available();
}
