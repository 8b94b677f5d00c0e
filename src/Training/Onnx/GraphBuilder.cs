using System.Runtime.InteropServices;
using EcgIntegration.Training.Onnx.Format;
using Google.Protobuf;

namespace EcgIntegration.Training.Onnx;

/// <summary>Puts an ONNX graph together, node by node; each method returns the name of the value it adds.</summary>
internal sealed class GraphBuilder(string name)
{
    private readonly GraphProto _graph = new() { Name = name };
    private int _values;

    /// <summary>The graph's input: a tensor with a free first dimension, called N.</summary>
    public string Input(string input, params ReadOnlySpan<long> shape)
    {
        _graph.Input.Add(Value(input, shape));
        return input;
    }

    /// <summary>Makes a value the graph's output, under a name and with a free first dimension.</summary>
    public void Output(string output, string value, params ReadOnlySpan<long> shape)
    {
        Node("Identity", [value], output);
        _graph.Output.Add(Value(output, shape));
    }

    /// <summary>A constant of float32, stored raw.</summary>
    public string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Constant(MemoryMarshal.AsBytes(values), TensorProto.Types.DataType.Float, shape);

    /// <summary>A constant of int64, stored raw.</summary>
    public string Constant(ReadOnlySpan<long> values) =>
        Constant(MemoryMarshal.AsBytes(values), TensorProto.Types.DataType.Int64, values.Length);

    /// <summary>A node with one output.</summary>
    public string Node(string operation, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var output = $"v{_values++}";
        Node(operation, inputs, output, attributes);
        return output;
    }

    /// <summary>An attribute of one integer.</summary>
    public static AttributeProto Integer(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    /// <summary>An attribute of several integers.</summary>
    public static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values)
        {
            attribute.Ints.Add(value);
        }

        return attribute;
    }

    /// <summary>The model around the graph.</summary>
    /// <param name="operatorSet">Version of ONNX's operators the nodes are written in.</param>
    /// <param name="irVersion">Version of the file format that goes with it.</param>
    public ModelProto Build(long operatorSet, long irVersion) => new()
    {
        IrVersion = irVersion,
        ProducerName = "EcgIntegration",
        Graph = _graph,
        OpsetImport = { new OperatorSetIdProto { Domain = string.Empty, Version = operatorSet } },
    };

    private void Node(string operation, IEnumerable<string> inputs, string output, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = $"{operation}_{output}" };
        node.Input.Add(inputs);
        node.Output.Add(output);
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        _graph.Node.Add(node);
    }

    private string Constant(ReadOnlySpan<byte> raw, TensorProto.Types.DataType type, params ReadOnlySpan<long> shape)
    {
        var constant = new TensorProto { Name = $"v{_values++}", DataType = type, RawData = ByteString.CopyFrom(raw) };
        foreach (var size in shape)
        {
            constant.Dims.Add(size);
        }

        _graph.Initializer.Add(constant);
        return constant.Name;
    }

    private static ValueInfoProto Value(string name, ReadOnlySpan<long> shape)
    {
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        foreach (var size in shape)
        {
            dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = TensorProto.Types.DataType.Float, Shape = dimensions } },
        };
    }
}
