using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Model;

/// <summary>Both sides of the contrastive model: the ECG encoder, and the projection of the frozen label texts.</summary>
internal sealed class ContrastiveModel : nn.Module
{
    private const double InitialTemperature = 0.07;
    private const double LargestScale = 100;

    public ContrastiveModel(int textWidth, int labels, double dropout)
        : base(nameof(ContrastiveModel))
    {
        ecg = new EcgEncoder(dropout);
        text = nn.Linear(textWidth, EcgEncoder.Width, hasBias: false);
        logScale = nn.Parameter(tensor((float)Math.Log(1 / InitialTemperature)));
        labelBias = nn.Parameter(zeros(labels));
        RegisterComponents();
    }

    /// <summary>The encoder, the only part the Worker runs.</summary>
    public EcgEncoder Ecg => ecg;

    /// <summary>Offset of each label in the auxiliary sigmoid loss; it is no part of the bundle.</summary>
    public Parameter LabelBias => labelBias;

    /// <summary>The label matrix, labels x 128, each row L2-normalised.</summary>
    public Tensor LabelMatrix(Tensor texts) => nn.functional.normalize(text.forward(texts), p: 2, dim: 1);

    /// <summary>The factor between cosine similarity and logit, the inverse of the temperature.</summary>
    public Tensor Scale() => logScale.exp().clamp(max: LargestScale);

    // RegisterComponents names parameters after these fields.
#pragma warning disable IDE1006
    private readonly EcgEncoder ecg;
    private readonly Linear text;
    private readonly Parameter logScale;
    private readonly Parameter labelBias;
#pragma warning restore IDE1006
}
