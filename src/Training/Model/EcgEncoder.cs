using EcgIntegration.Signals;
using EcgIntegration.Training.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Model;

/// <summary>
/// ResNet1d-18: [N, 12, 1000] to [N, 128], L2-normalised. Written with 4-D convolutions of height 1, which CPU kernels
/// run faster than 3-D ones.
/// </summary>
internal sealed class EcgEncoder : nn.Module<Tensor, Tensor>
{
    /// <summary>Length of an embedding.</summary>
    public const int Width = 128;

    private const int EvaluationBatch = 64;

    private static readonly int[] StageChannels = [64, 128, 256, 512];

    public EcgEncoder(double dropout)
        : base(nameof(EcgEncoder))
    {
        stem = BasicBlock.Convolution(12, StageChannels[0], 7, 2);
        stemBn = nn.BatchNorm2d(StageChannels[0]);
        var stages = new List<BasicBlock>();
        var channels = StageChannels[0];
        foreach (var (stage, width) in StageChannels.Index())
        {
            stages.Add(new BasicBlock($"stage{stage}a", channels, width, stage == 0 ? 1 : 2));
            stages.Add(new BasicBlock($"stage{stage}b", width, width, 1));
            channels = width;
        }

        blocks = nn.ModuleList(stages.ToArray());
        drop = nn.Dropout(dropout);
        head = nn.Linear(channels, Width);
        RegisterComponents();
    }

    /// <summary>First convolution.</summary>
    public Conv2d Stem => stem;

    /// <summary>Its normalisation.</summary>
    public BatchNorm2d StemNormalisation => stemBn;

    /// <summary>The residual blocks in order.</summary>
    public IEnumerable<BasicBlock> Blocks => blocks;

    /// <summary>The projection to the embedding.</summary>
    public Linear Head => head;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // Time before channels in memory: the convolutions then run channels-last.
        var hidden = input.transpose(1, 2).contiguous().unsqueeze(1).permute(0, 3, 1, 2);
        hidden = nn.functional.relu(stemBn.forward(stem.forward(hidden)));
        foreach (var block in blocks)
        {
            hidden = block.forward(hidden);
        }

        var pooled = drop.forward(hidden.mean([2, 3]));
        return nn.functional.normalize(head.forward(pooled), p: 2, dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>Embeddings of all ECGs of a set, ECGs x 128, by the mode the encoder is in.</summary>
    /// <param name="data">The ECGs.</param>
    /// <param name="device">Where the encoder is; by default the CPU.</param>
    public float[] Embed(EcgDataset data, Device? device = null)
    {
        var result = new float[data.Count * Width];
        using var gradless = no_grad();
        for (var start = 0; start < data.Count; start += EvaluationBatch)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(EvaluationBatch, data.Count - start);
            var signals = data.Signals.AsSpan(start * EcgTensors.Length, count * EcgTensors.Length).ToArray();
            var batch = tensor(signals).view(count, EcgRecording.LeadCount, EcgTensors.Samples).to(device ?? CPU);
            forward(batch).cpu().data<float>().CopyTo(result.AsSpan(start * Width));
        }

        return result;
    }

    // RegisterComponents names parameters after these fields.
#pragma warning disable IDE1006
    private readonly Conv2d stem;
    private readonly BatchNorm2d stemBn;
    private readonly ModuleList<BasicBlock> blocks;
    private readonly Dropout drop;
    private readonly Linear head;
#pragma warning restore IDE1006
}
