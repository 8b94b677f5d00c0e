using EcgIntegration.Training.Text;

namespace EcgIntegration.Training.Tests.Text;

/// <summary>Prompts, files and the base line.</summary>
public sealed class TextEncoderTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("ecg-test-").FullName, "vectors.json");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_vector_of_a_term_is_the_mean_over_its_prompts()
    {
        var plain = new CharacterGrams();
        var prompted = PromptedEncoder.Of(plain, ["心電図: {label}", "{label}を認める"]);

        var mean = (await prompted.EncodeAsync(["心房細動", "洞調律"], Stop))[1].ToArray();

        var parts = await plain.EncodeAsync(["心電図: 洞調律", "洞調律を認める"], Stop);
        var expected = new float[parts.Width];
        for (var i = 0; i < parts.Width; i++)
        {
            expected[i] = parts[0][i] + parts[1][i];
        }

        var length = MathF.Sqrt(expected.Sum(value => value * value));
        Assert.All(mean.Index(), value => Assert.Equal(expected[value.Index] / length, value.Item, 5));
        Assert.Contains("{label}を認める", prompted.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_without_a_place_for_the_term_is_refused()
    {
        Assert.Contains("{label}", Assert.Throws<TrainingException>(() => PromptedEncoder.Of(new CharacterGrams(), ["心電図"])).Message, StringComparison.Ordinal);
        Assert.IsType<CharacterGrams>(PromptedEncoder.Of(new CharacterGrams(), ["{label}"]));
    }

    [Fact]
    public async Task A_written_file_gives_the_same_vectors_and_names_what_it_lacks()
    {
        string[] texts = ["心房細動", "洞調律"];
        var made = await new CharacterGrams().EncodeAsync(texts, Stop);
        EmbeddingFile.Write(_file, texts, made);

        var read = EmbeddingFile.Read(_file);

        Assert.Equal(made.Encoder, read.Name);
        var vectors = await read.EncodeAsync(["洞調律", "心房細動"], Stop);
        Assert.All(Enumerable.Range(0, made.Width), i => Assert.Equal(made[1][i], vectors[0][i], 6));
        var lacking = await Assert.ThrowsAsync<TrainingException>(() => read.EncodeAsync(["左室肥大"], Stop));
        Assert.Contains("左室肥大", lacking.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"encoder\": \"x\"}")]
    [InlineData("{\"encoder\": \"x\", \"vectors\": {\"a\": [1, \"b\"]}}")]
    [InlineData("")]
    public void A_file_that_holds_no_vectors_is_named(string content)
    {
        File.WriteAllText(_file, content);

        Assert.Contains(_file, Assert.Throws<TrainingException>(() => EmbeddingFile.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vectors_of_two_widths_in_a_file_are_refused()
    {
        await File.WriteAllTextAsync(_file, """{"encoder": "x", "vectors": {"a": [1, 2], "b": [1]}}""", Stop);

        await Assert.ThrowsAsync<TrainingException>(() => EmbeddingFile.Read(_file).EncodeAsync(["a", "b"], Stop));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
}
