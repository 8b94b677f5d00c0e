using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Onnx.Format;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Onnx;

/// <summary>
/// Writes the encoder as an ONNX model: input <c>ecg</c> float32 [N, 12, 1000], output <c>embedding</c> float32 [N, 128],
/// L2-normalised. Each BatchNorm is folded into the convolution before it.
/// </summary>
/// <remarks>TorchSharp has no ONNX export; docs/adr/0003 says why this is written here.</remarks>
internal static class EncoderGraph
{
    // 17 is the newest set in which ReduceL2 still takes its axes as an attribute; every ONNX Runtime since 1.12 reads it.
    private const long OperatorSet = 17;
    private const long IrVersion = 8;
    private const float SmallestNorm = 1e-12f;

    /// <summary>The model of an encoder's present weights and running figures.</summary>
    public static ModelProto Of(EcgEncoder encoder)
    {
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        var graph = new GraphBuilder("ecg-encoder");
        var input = graph.Input(BundleFiles.InputName, 12, EcgTensors.Samples);
        var hidden = graph.Node("Unsqueeze", [input, graph.Constant([2L])]);
        hidden = graph.Node("Relu", [Convolution(graph, hidden, encoder.Stem, encoder.StemNormalisation)]);
        foreach (var block in encoder.Blocks)
        {
            hidden = Residual(graph, hidden, block);
        }

        var pooled = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [hidden])], GraphBuilder.Integer("axis", 1));
        var weight = graph.Constant(Values(encoder.Head.weight), encoder.Head.weight.shape);
        var bias = graph.Constant(Values(encoder.Head.bias!), encoder.Head.bias!.shape);
        var projected = graph.Node("Gemm", [pooled, weight, bias], GraphBuilder.Integer("transB", 1));
        var norm = graph.Node("ReduceL2", [projected], GraphBuilder.Integers("axes", 1), GraphBuilder.Integer("keepdims", 1));
        var divisor = graph.Node("Max", [norm, graph.Constant([SmallestNorm], 1)]);
        graph.Output(BundleFiles.OutputName, graph.Node("Div", [projected, divisor]), EcgEncoder.Width);
        return graph.Build(OperatorSet, IrVersion);
    }

    private static string Residual(GraphBuilder graph, string input, BasicBlock block)
    {
        var hidden = graph.Node("Relu", [Convolution(graph, input, block.conv1, block.bn1)]);
        var output = Convolution(graph, hidden, block.conv2, block.bn2);
        var skip = block.shortcut is null ? input : Convolution(graph, input, block.shortcut, block.shortcutBn!);
        return graph.Node("Relu", [graph.Node("Add", [output, skip])]);
    }

    private static string Convolution(GraphBuilder graph, string input, Conv2d convolution, BatchNorm2d normalisation)
    {
        // In double: folding is exact up to the rounding of the result.
        var factor = normalisation.weight!.to(ScalarType.Float64) / (normalisation.running_var!.to(ScalarType.Float64) + normalisation.eps).sqrt();
        var weight = convolution.weight!.to(ScalarType.Float64) * factor.view(-1, 1, 1, 1);
        var bias = normalisation.bias!.to(ScalarType.Float64) - (normalisation.running_mean!.to(ScalarType.Float64) * factor);
        var width = convolution.weight!.shape[3];
        return graph.Node(
            "Conv",
            [input, graph.Constant(Values(weight), weight.shape), graph.Constant(Values(bias), bias.shape)],
            GraphBuilder.Integers("kernel_shape", 1, width),
            GraphBuilder.Integers("strides", 1, convolution.stride[1]),
            GraphBuilder.Integers("pads", 0, width / 2, 0, width / 2));
    }

    private static float[] Values(Tensor values) => [.. values.to(ScalarType.Float32).contiguous().data<float>()];
}
