namespace EcgIntegration.Worker.Classification;

/// <summary>Event ids 2000-2099.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information,
        "Model {Name} {Version} ({Sha256}) runs on {Device}: {Labels} labels, {Calibrated} of them calibrated, batches of up to {MaxBatch}, {Threads} threads.")]
    public static partial void ModelReady(
        ILogger logger, string name, string version, string sha256, string device, int labels, int calibrated, int maxBatch, int threads);

    [LoggerMessage(2001, LogLevel.Warning, "Model:Device is auto and CUDA does not work here, so the CPU runs the model. {Why}")]
    public static partial void CudaUnavailable(ILogger logger, string why);

    [LoggerMessage(2002, LogLevel.Warning, "A batch of {Count} windows failed ({Fault}); each window is tried alone.")]
    public static partial void BatchFailed(ILogger logger, int count, string fault);

    [LoggerMessage(2003, LogLevel.Error, "The model gave no usable embedding for a window in a batch of {Count}.")]
    public static partial void UnusableOutput(ILogger logger, int count);

    [LoggerMessage(2004, LogLevel.Information, "The classifier is draining: {Waiting} windows wait.")]
    public static partial void Draining(ILogger logger, int waiting);

    [LoggerMessage(2005, LogLevel.Information, "Model {Name} {Version} ({Sha256}) is unloaded.")]
    public static partial void Unloading(ILogger logger, string name, string version, string sha256);

    [LoggerMessage(2006, LogLevel.Warning, "The bundle in {Folder} cannot be used. {Why}")]
    public static partial void BundleUnusable(ILogger logger, string folder, string why);
}
