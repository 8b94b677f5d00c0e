using System.Runtime.InteropServices;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Onnx.Format;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Onnx;

/// <summary>Puts the weights of a written encoder back into TorchSharp: folded convolutions, and BatchNorms that only add a bias.</summary>
internal static class EncoderWeights
{
    /// <summary>Gives an encoder, in evaluation mode, the weights of a written one.</summary>
    /// <exception cref="TrainingException">The model is no encoder of this shape.</exception>
    public static void Load(EcgEncoder encoder, ModelProto model)
    {
        try
        {
            Copy(encoder, model);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or ExternalException)
        {
            throw new TrainingException("The model is no ResNet1d-18 as ecg train writes it: its weights cannot be compared.", e);
        }
    }

    private static void Copy(EcgEncoder encoder, ModelProto model)
    {
        using var gradless = no_grad();
        using var scope = NewDisposeScope();
        var constants = model.Graph.Initializer.ToDictionary(constant => constant.Name, StringComparer.Ordinal);
        var convolutions = new Queue<NodeProto>(model.Graph.Node.Where(node => node.OpType == "Conv"));
        Next(encoder.Stem, encoder.StemNormalisation);
        foreach (var block in encoder.Blocks)
        {
            Next(block.conv1, block.bn1);
            Next(block.conv2, block.bn2);
            if (block.shortcut is not null)
            {
                Next(block.shortcut, block.shortcutBn!);
            }
        }

        if (convolutions.Count > 0)
        {
            throw new InvalidOperationException("There are more convolutions than the encoder has.");
        }

        var projection = model.Graph.Node.Single(node => node.OpType == "Gemm");
        encoder.Head.weight.copy_(Values(projection.Input[1]));
        encoder.Head.bias!.copy_(Values(projection.Input[2]));

        void Next(Conv2d convolution, BatchNorm2d normalisation)
        {
            var node = convolutions.Dequeue();
            convolution.weight!.copy_(Values(node.Input[1]));
            normalisation.running_mean!.zero_();
            normalisation.running_var!.fill_(1 - normalisation.eps);
            normalisation.weight!.fill_(1);
            normalisation.bias!.copy_(Values(node.Input[2]));
        }

        Tensor Values(string name) => tensor(MemoryMarshal.Cast<byte, float>(constants[name].RawData.Span).ToArray()).view([.. constants[name].Dims]);
    }
}
