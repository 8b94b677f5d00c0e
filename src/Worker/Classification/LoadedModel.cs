using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Worker.Classification;

/// <summary>
/// A model as it was when somebody asked for it. It can be kept and used for as long as it is wanted: should it have been
/// unloaded meanwhile, its next use loads it again.
/// </summary>
/// <param name="Bundle">Labels, calibration and card.</param>
/// <param name="Classifier">Scores ECGs with this model and with no other.</param>
/// <param name="Info">The model and the device it runs on.</param>
internal sealed record LoadedModel(ModelBundle Bundle, IEcgClassifier Classifier, ModelInfo Info)
{
    /// <summary>Identity of the model version.</summary>
    public string Sha256 => Info.Sha256;
}
