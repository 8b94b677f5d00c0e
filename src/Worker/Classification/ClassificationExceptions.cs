namespace EcgIntegration.Worker.Classification;

/// <summary>The model's output for one ECG is not usable (not a number, or not normalised): it must not become a result.</summary>
internal sealed class ModelOutputException(string message) : Exception(message);

/// <summary>The classifier is shutting down and takes nothing more: the ECG stays recorded and is taken up after the restart.</summary>
internal sealed class ClassifierStoppingException()
    : Exception("The classifier is shutting down and takes no more ECGs; this one is taken up again after the restart.");

/// <summary>The configured device cannot be used; the message is one sentence that says why and what to do.</summary>
internal sealed class DeviceUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// No usable bundle of a model version is here; the message is one sentence that says which and what to do. A later attempt
/// can succeed, once the bundle is back.
/// </summary>
internal sealed class ModelUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Digits of a SHA-256 that sentences show: enough to tell models apart, as in git.</summary>
    public const int ShownDigits = 12;

    /// <summary>The start of a model's SHA-256, for people.</summary>
    public static string Short(string sha256) => sha256[..Math.Min(ShownDigits, sha256.Length)];
}
