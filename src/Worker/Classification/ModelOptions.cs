using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Classification;

/// <summary>Section <c>Model</c>: which model runs, where and how.</summary>
internal sealed class ModelOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Model";

    /// <summary>Folder of the model bundle; a relative path starts at the content root.</summary>
    public string Path { get; set; } = "models/default";

    /// <summary>
    /// Folder whose sub-folders are further bundles, so that a model can be activated, run as shadow or replayed with; a
    /// relative path starts at the content root. It need not exist.
    /// </summary>
    public string Bundles { get; set; } = "models";

    /// <summary>
    /// Models that stay loaded beside the active and the shadow one after their last use, so that a switch back, or a replay
    /// with an older model, does not load them for each ECG.
    /// </summary>
    public int KeepLoaded { get; set; } = 2;

    /// <summary>ECGs a minute that the model in the shadow reads at most, so that it does not keep the device and the database busy.</summary>
    public int ShadowPerMinute { get; set; } = 600;

    /// <summary><c>auto</c> takes CUDA where it works and says which device runs; <c>cpu</c> and <c>cuda</c> are orders.</summary>
    public Device Device { get; set; } = Device.Auto;

    /// <summary>Index of the CUDA device.</summary>
    public int CudaDevice { get; set; }

    /// <summary>
    /// Threads of one inference on the CPU; 0 takes all cores but one, which is left to the rest of the worker, and at most four.
    /// </summary>
    public int IntraOpThreads { get; set; }

    /// <summary>
    /// Windows in one batch at most. On a CPU more than 8 gain nothing and only make the first wait for the last; a GPU
    /// wants 32 or more.
    /// </summary>
    public int MaxBatch { get; set; } = 8;

    /// <summary>
    /// How long the first window of a batch waits for companions. While a batch runs the next one gathers anyway, so this
    /// matters only to an idle worker.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Windows of one model and priority that may wait; beyond, callers wait for room.</summary>
    public int QueueCapacity { get; set; } = 256;

    /// <summary>The number of threads meant by <see cref="IntraOpThreads"/>.</summary>
    public int EffectiveIntraOpThreads =>
        IntraOpThreads > 0 ? IntraOpThreads : Math.Clamp(Environment.ProcessorCount - 1, 1, 4);
}

/// <summary>Where the model is to run.</summary>
internal enum Device
{
    /// <summary>CUDA where it works, else the CPU; which one is logged and reported.</summary>
    Auto,

    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>CUDA; where it does not work, the start fails.</summary>
    Cuda,
}

/// <summary>One sentence for each setting that cannot work.</summary>
internal sealed class ModelOptionsValidator : IValidateOptions<ModelOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelOptions options)
    {
        var problems = new List<string>();
        Check(!string.IsNullOrWhiteSpace(options.Path), "Model:Path must name the folder of a model bundle.");
        Check(!string.IsNullOrWhiteSpace(options.Bundles), "Model:Bundles must name a folder; it need not exist.");
        Check(options.KeepLoaded is >= 0 and <= 16, "Model:KeepLoaded must be between 0 and 16.");
        Check(options.ShadowPerMinute is >= 1 and <= 100_000, "Model:ShadowPerMinute must be between 1 and 100000.");
        Check(Enum.IsDefined(options.Device), "Model:Device must be auto, cpu or cuda.");
        Check(options.CudaDevice >= 0, "Model:CudaDevice must be 0 or more.");
        Check(options.IntraOpThreads is >= 0 and <= 256, "Model:IntraOpThreads must be between 0 and 256.");
        Check(options.MaxBatch is >= 1 and <= 256, "Model:MaxBatch must be between 1 and 256.");
        Check(
            options.MaxDelay >= TimeSpan.Zero && options.MaxDelay <= TimeSpan.FromSeconds(1),
            "Model:MaxDelay must be between 0 and 1 second.");
        Check(
            options.QueueCapacity >= options.MaxBatch && options.QueueCapacity <= 65_536,
            "Model:QueueCapacity must be between Model:MaxBatch and 65536.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool holds, string sentence)
        {
            if (!holds)
            {
                problems.Add(sentence);
            }
        }
    }
}
