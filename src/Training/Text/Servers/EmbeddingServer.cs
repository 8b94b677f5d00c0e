using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace EcgIntegration.Training.Text.Servers;

/// <summary>
/// A language model behind an OpenAI-compatible <c>/v1/embeddings</c>, as vLLM, llama.cpp, Text Embeddings Inference and Ollama
/// serve it. Vectors that the cache has are not asked for again.
/// </summary>
/// <param name="http">Its base address is the server, up to and with <c>/v1/</c>.</param>
/// <param name="model">Name of the model there.</param>
/// <param name="cache">Keeps the vectors.</param>
/// <param name="pace">Batches, time-outs and tries.</param>
/// <param name="time">Waits between tries.</param>
/// <remarks>OpenAI API reference, "Create embeddings".</remarks>
internal sealed class EmbeddingServer(HttpClient http, string model, EmbeddingCache cache, EmbeddingPace pace, TimeProvider time) : ITextEncoder
{
    private const string Address = "embeddings";

    private readonly ResiliencePipeline<float[][]> _pipeline = new ResiliencePipelineBuilder<float[][]> { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions<float[][]>
        {
            ShouldHandle = new PredicateBuilder<float[][]>().Handle<ServerBusyException>().Handle<HttpRequestException>().Handle<TimeoutRejectedException>(),
            MaxRetryAttempts = pace.Tries - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = pace.FirstDelay,
            DelayGenerator = arguments => new((arguments.Outcome.Exception as ServerBusyException)?.RetryAfter),
        })
        .AddTimeout(pace.Limit)
        .Build();

    /// <inheritdoc/>
    public string Name => $"server:{model}";

    /// <inheritdoc/>
    public async Task<TextEmbeddings> EncodeAsync(IReadOnlyList<string> terms, CancellationToken cancellationToken)
    {
        var vectors = terms.Distinct(StringComparer.Ordinal).ToDictionary(term => term, term => cache.Find(model, term), StringComparer.Ordinal);
        var missing = vectors.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList();
        foreach (var batch in missing.Chunk(pace.Batch))
        {
            var answered = await AskAsync(batch, cancellationToken);
            _ = TextEmbeddings.Of(answered, Name);
            foreach (var (text, vector) in batch.Zip(answered))
            {
                vectors[text] = vector;
                cache.Keep(model, text, vector);
            }

            cache.Save();
        }

        return TextEmbeddings.Of([.. terms.Select(term => vectors[term]!)], Name);
    }

    private async Task<float[][]> AskAsync(string[] texts, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await PostAsync(texts, token), cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or ServerBusyException)
        {
            var why = e is TimeoutRejectedException ? $"no answer within {pace.Limit.TotalSeconds:0} s" : e.Message;
            throw new TrainingException(
                $"The embedding server {http.BaseAddress} cannot be used ({why}; {pace.Tries} tries): start it, or correct --text-encoder; what it has answered is kept.", e);
        }
        catch (JsonException e)
        {
            throw new TrainingException($"The embedding server {http.BaseAddress} answers with something that is no list of embeddings: it must offer /v1/embeddings as OpenAI does.", e);
        }
    }

    private async Task<float[][]> PostAsync(string[] texts, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(Address, new Request(model, texts), JsonSerializerOptions.Web, cancellationToken);
        if (IsBusy(answer.StatusCode))
        {
            throw new ServerBusyException(answer.StatusCode, WaitOf(answer.Headers.RetryAfter));
        }

        if (!answer.IsSuccessStatusCode)
        {
            throw new TrainingException($"The embedding server {http.BaseAddress} refuses the request ({(int)answer.StatusCode}): check the model's name ({model}) and the key in ECG_EMBEDDING_KEY.");
        }

        var read = await answer.Content.ReadFromJsonAsync<Answer>(JsonSerializerOptions.Web, cancellationToken);
        var vectors = new float[texts.Length][];
        foreach (var (position, item) in (read?.Data ?? throw new JsonException()).Index())
        {
            var index = item.Index ?? position;
            if (index < 0 || index >= vectors.Length || vectors[index] is not null || item.Embedding is null)
            {
                throw new JsonException();
            }

            vectors[index] = item.Embedding;
        }

        return Array.TrueForAll(vectors, vector => vector is not null)
            ? vectors
            : throw new TrainingException($"The embedding server {http.BaseAddress} answers fewer vectors than texts were sent: send fewer at a time with --text-batch.");
    }

    private static bool IsBusy(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;

    private TimeSpan? WaitOf(RetryConditionHeaderValue? wait)
    {
        var asked = wait?.Delta ?? (wait?.Date - time.GetUtcNow());
        return asked is { } span ? TimeSpan.FromTicks(Math.Clamp(span.Ticks, 0, pace.LongestDelay.Ticks)) : null;
    }

    private sealed record Request(string Model, IReadOnlyList<string> Input, [property: JsonPropertyName("encoding_format")] string Format = "float");

    private sealed record Answer(IReadOnlyList<Item>? Data);

    private sealed record Item(int? Index, float[]? Embedding);

    private sealed class ServerBusyException(HttpStatusCode status, TimeSpan? retryAfter) : Exception($"it answers {(int)status}")
    {
        public TimeSpan? RetryAfter => retryAfter;
    }
}
