namespace EcgIntegration.Worker.Classification;

/// <summary>The model and the device that run: what <c>/health/ready</c> and the page say.</summary>
/// <param name="Sha256">Identity of the model version, lower-case hexadecimal.</param>
/// <param name="Name">Model name.</param>
/// <param name="Version">Model version.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>: the one that runs, never merely the one asked for.</param>
/// <param name="Provider">ONNX Runtime's name of the execution provider.</param>
internal sealed record ModelInfo(string Sha256, string Name, string Version, string Device, string Provider);
