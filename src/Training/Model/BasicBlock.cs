using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Model;

/// <summary>A residual block of two convolutions of width 3; the shortcut is a convolution of width 1 where the shape changes.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    public BasicBlock(string name, int channelsIn, int channelsOut, int stride)
        : base(name)
    {
        conv1 = Convolution(channelsIn, channelsOut, 3, stride);
        bn1 = nn.BatchNorm2d(channelsOut);
        conv2 = Convolution(channelsOut, channelsOut, 3, 1);
        bn2 = nn.BatchNorm2d(channelsOut);
        if (stride != 1 || channelsIn != channelsOut)
        {
            shortcut = Convolution(channelsIn, channelsOut, 1, stride);
            shortcutBn = nn.BatchNorm2d(channelsOut);
        }

        RegisterComponents();
    }

    /// <summary>A convolution along time of a 4-D tensor [N, C, 1, T], without bias: a BatchNorm follows.</summary>
    public static Conv2d Convolution(int channelsIn, int channelsOut, int width, int stride) =>
        nn.Conv2d(channelsIn, channelsOut, kernel_size: (1, width), stride: (1, stride), padding: (0, width / 2), bias: false);

    public override Tensor forward(Tensor input)
    {
        using var hidden = nn.functional.relu(bn1.forward(conv1.forward(input)));
        using var output = bn2.forward(conv2.forward(hidden));
        using var skip = shortcut is null ? input.alias() : shortcutBn!.forward(Project(input));
        return nn.functional.relu(output + skip);
    }

    // As a matrix product: oneDNN 3.7 gets this convolution wrong on CPUs with AVX-512 and bfloat16 (256 to 512 channels of an odd
    // length, by more than the values themselves).
    private Tensor Project(Tensor input)
    {
        using var scope = NewDisposeScope();
        var kept = input.slice(3, 0, input.shape[3], shortcut!.stride[1]).permute(0, 2, 3, 1);
        var weight = shortcut.weight.view(shortcut.out_channels, shortcut.in_channels);
        return nn.functional.linear(kept, weight).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    // RegisterComponents names parameters after these fields.
#pragma warning disable IDE1006, SA1300
    internal readonly Conv2d conv1;
    internal readonly BatchNorm2d bn1;
    internal readonly Conv2d conv2;
    internal readonly BatchNorm2d bn2;
    internal readonly Conv2d? shortcut;
    internal readonly BatchNorm2d? shortcutBn;
#pragma warning restore IDE1006, SA1300
}
