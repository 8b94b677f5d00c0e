using System.Runtime.InteropServices;
using EcgIntegration.Training.Onnx.Format;
using Google.Protobuf;

namespace EcgIntegration.Training.Onnx;

/// <summary>
/// An encoder whose convolutions run in float16, for GPUs. Input, output, the projection and the norm stay float32: rounding there
/// would move an embedding more than all convolutions together.
/// </summary>
internal static class HalfPrecision
{
    /// <summary>What it is called.</summary>
    public const string Name = "fp16";

    private const string Trunk = "GlobalAveragePool";
    private const string Convolution = "Conv";
    private const string ConversionTarget = "to";

    /// <summary>A copy of an encoder in half precision.</summary>
    /// <exception cref="TrainingException">It has no such parts, or a weight is too large for float16.</exception>
    public static ModelProto Of(ModelProto model)
    {
        var half = model.Clone();
        var graph = half.Graph;
        var end = graph.Node.FirstOrDefault(node => node.OpType == Trunk)
            ?? throw new TrainingException("The model is no encoder as ecg train writes it: it has no pooling to end its convolutions at.");
        var weights = graph.Node.Where(node => node.OpType == Convolution).SelectMany(node => node.Input.Skip(1)).ToHashSet(StringComparer.Ordinal);
        foreach (var constant in graph.Initializer.Where(constant => weights.Contains(constant.Name)))
        {
            Halve(constant);
        }

        var input = graph.Input[0].Name;
        foreach (var node in graph.Node.Where(node => node.Input.Contains(input)))
        {
            node.Input[node.Input.IndexOf(input)] = input + "_half";
        }

        var pooled = end.Output[0];
        end.Output[0] = pooled + "_half";
        graph.Node.Insert(graph.Node.IndexOf(end) + 1, Cast(pooled + "_half", pooled, TensorProto.Types.DataType.Float));
        graph.Node.Insert(0, Cast(input, input + "_half", TensorProto.Types.DataType.Float16));
        return half;
    }

    private static NodeProto Cast(string from, string to, TensorProto.Types.DataType type) => new()
    {
        OpType = "Cast",
        Name = $"Cast_{to}",
        Input = { from },
        Output = { to },
        Attribute = { GraphBuilder.Integer(ConversionTarget, (long)type) },
    };

    private static void Halve(TensorProto constant)
    {
        var values = MemoryMarshal.Cast<byte, float>(constant.RawData.Span);
        var halves = new Half[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (!Half.IsFinite(halves[i]))
            {
                throw new TrainingException("A weight of the model is too large for float16: export it without half precision.");
            }
        }

        constant.DataType = TensorProto.Types.DataType.Float16;
        constant.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(halves.AsSpan()));
    }
}
