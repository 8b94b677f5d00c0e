namespace EcgIntegration.Contracts.Bundles;

/// <summary>A model bundle cannot be used; the message is one sentence that says which file, what and what to do.</summary>
public sealed class ModelBundleException(string message, Exception? inner = null) : Exception(message, inner);
