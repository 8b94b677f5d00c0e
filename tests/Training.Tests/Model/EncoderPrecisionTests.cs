using EcgIntegration.Training.Data;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Tests.Model;

/// <summary>
/// The machine's own kernels against double precision, which takes others: a CPU on which a library computes something else must
/// not train a model unnoticed.
/// </summary>
[Collection(TorchRandom.Name)]
public sealed class EncoderPrecisionTests
{
    [Fact]
    public void Embeddings_and_gradients_are_those_of_double_precision()
    {
        random.manual_seed(8);
        using var single = new EcgEncoder(dropout: 0);
        using var twice = new EcgEncoder(dropout: 0);
        twice.load_state_dict(single.state_dict());
        twice.to(ScalarType.Float64);
        using var scope = NewDisposeScope();
        var input = tensor(RealEcgs.Tensors).view(RealEcgs.Count, 12, EcgTensors.Samples);
        var wanted = randn(RealEcgs.Count, EcgEncoder.Width);

        var embeddings = single.forward(input);
        (embeddings * wanted).sum().backward();
        var exact = twice.forward(input.to_type(ScalarType.Float64));
        (exact * wanted.to_type(ScalarType.Float64)).sum().backward();

        Assert.InRange(Largest(embeddings.to_type(ScalarType.Float64) - exact), 0, 1e-4);
        var gradients = single.named_parameters().Zip(twice.named_parameters()).ToList();
        Assert.True(gradients.Count > 50);
        Assert.All(gradients, pair =>
        {
            var expected = pair.Second.parameter.grad!;
            var error = Norm(pair.First.parameter.grad!.to_type(ScalarType.Float64) - expected) / Math.Max(Norm(expected), 1e-6);
            Assert.True(error < 0.05, $"{pair.First.name}: {error}");
        });
    }

    private static double Norm(Tensor values) => values.norm().item<double>();

    private static double Largest(Tensor values) => values.abs().max().item<double>();
}
