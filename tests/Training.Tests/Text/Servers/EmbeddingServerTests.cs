using System.Net;
using System.Net.Sockets;
using EcgIntegration.Training.Text;
using EcgIntegration.Training.Text.Servers;

namespace EcgIntegration.Training.Tests.Text.Servers;

public sealed class EmbeddingServerTests : IDisposable
{
    private static readonly EmbeddingPace Pace = new() { Batch = 2, Tries = 3, FirstDelay = TimeSpan.FromMilliseconds(1), Limit = TimeSpan.FromSeconds(30) };

    private readonly string _folder = Directory.CreateTempSubdirectory("ecg-test-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string CacheFile => Path.Combine(_folder, "cache", "embeddings.json");

    [Fact]
    public async Task Texts_are_sent_in_batches_and_never_twice_and_their_vectors_come_in_order()
    {
        await using var model = new FakeModel((texts, _) => FakeModel.Vectors(texts, text => $"{text.Length}, 0, {10 - text.Length}"));

        var first = await EncodeAsync(model, "a", "bb", "ccc", "a");
        var again = await EncodeAsync(model, "ccc", "dddd");

        Assert.Equal([["a", "bb"], ["ccc"], ["dddd"]], model.Requests);
        Assert.Equal((4, 3, "server:m"), (first.Count, first.Width, first.Encoder));
        Assert.Equal(1 / MathF.Sqrt(82), first[0][0], 5);
        Assert.Equal(2 / MathF.Sqrt(68), first[1][0], 5);
        Assert.True(first[0].SequenceEqual(first[3]));
        Assert.True(first[2].SequenceEqual(again[0]));
    }

    [Fact]
    public async Task Another_model_has_vectors_of_its_own()
    {
        await using var model = new FakeModel((texts, request) => FakeModel.Vectors(texts, _ => request == 1 ? "1, 0" : "0, 1"));

        await EncodeAsync(model, "a");
        var other = await Server(model.Address, "other").EncodeAsync(["a"], Stop);

        Assert.Equal(1, other[0][1]);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_busy_server_is_asked_again(int status)
    {
        await using var model = new FakeModel((texts, request) => request < 3 ? (status, "busy") : FakeModel.Vectors(texts, _ => "1"));

        Assert.Equal(1, (await EncodeAsync(model, "a")).Count);
        Assert.Equal(3, model.Requests.Count);
    }

    [Fact]
    public async Task What_was_answered_before_a_fault_is_not_asked_for_again()
    {
        await using var model = new FakeModel((texts, request) => request is 2 or 3 or 4 ? (500, "") : FakeModel.Vectors(texts, _ => "1, 2"));

        var fault = await Assert.ThrowsAsync<TrainingException>(() => EncodeAsync(model, "a", "b", "c"));
        Assert.Contains("3 tries", fault.Message, StringComparison.Ordinal);
        await EncodeAsync(model, "a", "b", "c");

        Assert.Equal(["c"], model.Requests[^1]);
        Assert.Equal(5, model.Requests.Count);
    }

    [Theory]
    [InlineData(401, "no", "ECG_EMBEDDING_KEY")]
    [InlineData(200, "<html>", "/v1/embeddings")]
    [InlineData(200, """{"data": [{"index": 0, "embedding": [1, NaN]}]}""", "/v1/embeddings")]
    [InlineData(200, """{"data": [{"index": 0, "embedding": [1, 1e39]}]}""", "no numbers")]
    [InlineData(200, """{"data": [{"index": 0, "embedding": []}]}""", "empty")]
    [InlineData(200, """{"data": [{"index": 0, "embedding": [0, 0]}]}""", "zero")]
    [InlineData(200, """{"data": [{"index": 7, "embedding": [1]}]}""", "/v1/embeddings")]
    [InlineData(200, """{"data": []}""", "fewer")]
    public async Task An_answer_that_cannot_be_used_is_one_sentence_and_nothing_of_it_is_kept(int status, string body, string expected)
    {
        await using var model = new FakeModel((_, _) => (status, body));

        var fault = await Assert.ThrowsAsync<TrainingException>(() => EncodeAsync(model, "a"));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Single(model.Requests);
        Assert.False(File.Exists(CacheFile));
    }

    [Fact]
    public async Task Vectors_of_another_width_than_before_are_refused()
    {
        await using var model = new FakeModel((texts, request) => FakeModel.Vectors(texts, _ => request == 1 ? "1, 0" : "1, 0, 0"));

        var fault = await Assert.ThrowsAsync<TrainingException>(() => EncodeAsync(model, "a", "b", "c"));

        Assert.Contains("2 and of 3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        Uri gone;
        await using (var model = new FakeModel((_, _) => (500, "")))
        {
            gone = model.Address;
        }

        var fault = await Assert.ThrowsAsync<TrainingException>(() => Server(gone, "m").EncodeAsync(["a"], Stop));

        Assert.Contains(gone.ToString(), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = new Uri($"http://{silent.LocalEndpoint}/v1");

        var fault = await Assert.ThrowsAsync<TrainingException>(
            () => Server(address, "m", Pace with { Tries = 2, Limit = TimeSpan.FromMilliseconds(50) }).EncodeAsync(["a"], Stop));

        Assert.Contains("no answer within", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_cache_is_begun_anew()
    {
        await using var model = new FakeModel((texts, _) => FakeModel.Vectors(texts, _ => "1"));
        Directory.CreateDirectory(Path.GetDirectoryName(CacheFile)!);
        await File.WriteAllTextAsync(CacheFile, """{"m": {"a": [1, """, Stop);

        Assert.Equal(1, (await EncodeAsync(model, "a")).Count);
        await EncodeAsync(model, "a");
        Assert.Single(model.Requests);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TextEmbeddings> EncodeAsync(FakeModel model, params string[] texts) => Server(model.Address, "m").EncodeAsync(texts, Stop);

    private EmbeddingServer Server(Uri address, string name, EmbeddingPace? pace = null) => new(
        new HttpClient { BaseAddress = new Uri(address + "/") }, name, EmbeddingCache.Open(CacheFile), pace ?? Pace, TimeProvider.System);
}
