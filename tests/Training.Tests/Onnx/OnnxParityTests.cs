using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Onnx;
using EcgIntegration.Training.Onnx.Format;
using EcgIntegration.Training.Tests.Support;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Tests.Onnx;

[Collection(TorchRandom.Name)]
public sealed class OnnxParityTests
{
    private const double Allowed = 1e-4;

    [Fact]
    public void A_written_encoder_does_what_the_trained_one_does_on_32_real_ecgs()
    {
        random.manual_seed(8);
        using var encoder = new EcgEncoder(dropout: 0.2);
        GiveHistory(encoder);

        AssertSame(encoder, EncoderGraph.Of(encoder).ToByteArray());
    }

    [Fact]
    public void The_shipped_encoder_does_what_its_weights_do_in_torch_on_32_real_ecgs()
    {
        var model = File.ReadAllBytes(Path.Combine(Repository.Bundle, BundleFiles.Encoder));
        using var encoder = new EcgEncoder(dropout: 0);
        EncoderWeights.Load(encoder, ModelProto.Parser.ParseFrom(model));
        encoder.eval();

        AssertSame(encoder, model);
    }

    [Fact]
    public void In_half_precision_the_shipped_encoder_is_half_as_large_and_its_embeddings_are_near()
    {
        var single = File.ReadAllBytes(Path.Combine(Repository.Bundle, BundleFiles.Encoder));
        var half = HalfPrecision.Of(ModelProto.Parser.ParseFrom(single)).ToByteArray();
        using var exact = new OnnxEncoder(single);
        using var rounded = new OnnxEncoder(half);

        var differences = exact.Embed(RealEcgs.Tensors).Zip(rounded.Embed(RealEcgs.Tensors), (one, other) => Math.Abs(one - (double)other)).ToList();

        Assert.InRange(half.Length, single.Length * 0.5, single.Length * 0.52);
        Assert.InRange(differences.Max(), 1e-7, 1e-3);
    }

    [Fact]
    public void A_weight_that_half_precision_cannot_hold_is_refused()
    {
        random.manual_seed(8);
        using var encoder = new EcgEncoder(dropout: 0);
        GiveHistory(encoder);
        using (no_grad())
        {
            encoder.Stem.weight.fill_(1e6);
        }

        Assert.Contains("float16", Assert.Throws<TrainingException>(() => HalfPrecision.Of(EncoderGraph.Of(encoder))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_batch_is_free_and_one_ecg_does_not_depend_on_its_neighbours()
    {
        random.manual_seed(8);
        using var encoder = new EcgEncoder(dropout: 0);
        GiveHistory(encoder);
        using var session = new InferenceSession(EncoderGraph.Of(encoder).ToByteArray());
        using var onnx = new OnnxEncoder(EncoderGraph.Of(encoder).ToByteArray());

        Assert.Equal([-1, 12, 1000], session.InputMetadata[BundleFiles.InputName].Dimensions);
        Assert.Equal(["N", "", ""], session.InputMetadata[BundleFiles.InputName].SymbolicDimensions);
        Assert.Equal([-1, 128], session.OutputMetadata[BundleFiles.OutputName].Dimensions);
        var alone = onnx.Embed(RealEcgs.Tensors.AsSpan(0, EcgTensors.Length));
        var together = onnx.Embed(RealEcgs.Tensors.AsSpan(0, 5 * EcgTensors.Length));
        Assert.All(alone.Index(), value => Assert.Equal(value.Item, together[value.Index], 1e-6));
        Assert.Equal(1, alone.Sum(value => value * value), 1e-5);
    }

    // Running figures and scales as after a training: far from the 0, 1, 1, 0 that a new BatchNorm has, where a wrong
    // folding would not show.
    private static void GiveHistory(EcgEncoder encoder)
    {
        using var gradless = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, buffer) in encoder.named_buffers())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal))
            {
                buffer.copy_(randn_like(buffer) * 0.3);
            }
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
            {
                buffer.copy_(rand_like(buffer) + 0.3);
            }
        }

        foreach (var (name, parameter) in encoder.named_parameters().Where(entry => entry.name.Contains("bn", StringComparison.OrdinalIgnoreCase)))
        {
            parameter.copy_(name.EndsWith("weight", StringComparison.Ordinal) ? rand_like(parameter) + 0.5 : randn_like(parameter) * 0.2);
        }

        encoder.eval();
    }

    private static void AssertSame(EcgEncoder encoder, byte[] model)
    {
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        using var onnx = new OnnxEncoder(model);
        var expected = encoder.forward(tensor(RealEcgs.Tensors).view(RealEcgs.Count, 12, EcgTensors.Samples)).data<float>().ToArray();

        var actual = onnx.Embed(RealEcgs.Tensors);

        Assert.Equal(RealEcgs.Count * EcgEncoder.Width, actual.Length);
        Assert.True(expected.Distinct().Count() > expected.Length / 2);
        Assert.InRange(expected.Zip(actual, (x, y) => Math.Abs(x - (double)y)).Max(), 0, Allowed);
    }
}
