using System.Runtime.InteropServices;
using System.Text;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>
/// Writes a tiny ONNX encoder whose embedding is the first 128 samples of lead I, L2-normalised: a test chooses the
/// embedding by choosing those samples. Field numbers are those of onnx.proto.
/// </summary>
internal sealed record TestEncoder
{
    /// <summary>Length of an embedding.</summary>
    public const int Width = 128;

    public string InputName { get; init; } = "ecg";

    public string OutputName { get; init; } = "embedding";

    public int Leads { get; init; } = 12;

    public int Samples { get; init; } = 1000;

    /// <summary>False leaves the embedding as long as it comes.</summary>
    public bool Normalise { get; init; } = true;

    /// <summary>The file's bytes.</summary>
    public byte[] ToOnnx()
    {
        var last = Normalise ? "raw" : OutputName;
        List<byte[]> nodes =
        [
            Node("Slice", [InputName, "starts", "ends", "axes"], "part"),
            Node("Reshape", ["part", "shape"], last),
        ];
        if (Normalise)
        {
            nodes.Add(Node("LpNormalization", ["raw"], OutputName, Integer("axis", 1), Integer("p", 2)));
        }

        byte[] graph =
        [
            .. nodes.SelectMany(node => Field(1, node)),
            .. Field(2, "encoder"),
            .. Field(5, Longs("starts", 0, 0)),
            .. Field(5, Longs("ends", 1, Width)),
            .. Field(5, Longs("axes", 1, 2)),
            .. Field(5, Longs("shape", -1, Width)),
            .. Field(11, Value(InputName, Leads, Samples)),
            .. Field(12, Value(OutputName, Width)),
        ];
        return [.. Field(1, 8), .. Field(2, "tests"), .. Field(7, graph), .. Field(8, Field(2, 13))];
    }

    private static byte[] Node(string type, string[] inputs, string output, params byte[][] attributes) =>
    [
        .. inputs.SelectMany(input => Field(1, input)),
        .. Field(2, output),
        .. Field(4, type),
        .. attributes.SelectMany(attribute => Field(5, attribute)),
    ];

    private static byte[] Integer(string name, long value) => [.. Field(1, name), .. Field(3, value), .. Field(20, 2)];

    private static byte[] Longs(string name, params long[] values) =>
        [.. Field(1, values.Length), .. Field(2, 7), .. Field(8, name), .. Field(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray())];

    private static byte[] Value(string name, params int[] shape)
    {
        byte[] dimensions = [.. Field(1, Field(2, "N")), .. shape.SelectMany(size => Field(1, Field(1, size)))];
        return [.. Field(1, name), .. Field(2, Field(1, [.. Field(1, 1), .. Field(2, dimensions)]))];
    }

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content) => [.. VarInt((ulong)((number << 3) | 2)), .. VarInt((ulong)content.Length), .. content];

    private static byte[] Field(int number, long value) => [.. VarInt((ulong)(number << 3)), .. VarInt((ulong)value)];

    private static byte[] VarInt(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
