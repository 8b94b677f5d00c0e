using System.CommandLine;
using System.Net.Http.Headers;
using EcgIntegration.Training.Text;
using EcgIntegration.Training.Text.Servers;

namespace EcgIntegration.Training.Commands;

/// <summary>Which text encoder embeds the labels, for every verb that needs one.</summary>
internal sealed class TextEncoderOptions
{
    private const string Concepts = "concepts";
    private const string Grams = "ngrams";
    private const string KeyVariable = "ECG_EMBEDDING_KEY";

    private readonly Option<string> _encoder = new("--text-encoder")
    {
        HelpName = "NAME|URL|FILE",
        Description = $"What embeds the labels' texts: {Concepts} or {Grams} (built in, offline), an OpenAI-compatible server (http://host:port/v1; its key in {KeyVariable}), or a file that ecg embed wrote.",
        DefaultValueFactory = _ => Concepts,
    };

    private readonly Option<string> _model = new("--text-model") { HelpName = "NAME", Description = "Name of the model on the server." };

    private readonly Option<string[]> _prompts = new("--prompt")
    {
        HelpName = "TEXT",
        Description = $"Sentence with {PromptedEncoder.Place} where the term stands; several are averaged.",
        DefaultValueFactory = _ => [PromptedEncoder.Place],
    };

    private readonly Option<int> _batch = TrainCommand.Number("--text-batch", "Texts a request to the server.", new EmbeddingPace().Batch, 1, 2048);

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_encoder);
        command.Add(_model);
        command.Add(_prompts);
        command.Add(_batch);
    }

    /// <summary>The encoder that was asked for.</summary>
    /// <exception cref="TrainingException">It cannot be had.</exception>
    public ITextEncoder Create(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(_encoder);
        ITextEncoder encoder = name switch
        {
            Concepts => new JapaneseTermEncoder(),
            Grams => new CharacterGrams(),
            _ when Uri.TryCreate(name, UriKind.Absolute, out var server) && server.Scheme is "http" or "https" =>
                Server(server, parsed.GetValue(_model), parsed.GetValue(_batch)),
            _ when File.Exists(name) => EmbeddingFile.Read(name),
            _ => throw new TrainingException($"There is no text encoder {name}: name {Concepts}, {Grams}, the address of a server, or a file that exists."),
        };
        return PromptedEncoder.Of(encoder, parsed.GetRequiredValue(_prompts));
    }

    private static EmbeddingServer Server(Uri address, string? model, int batch)
    {
        if (string.IsNullOrEmpty(model))
        {
            throw new TrainingException("A text encoder on a server needs the name of its model: give --text-model.");
        }

        var pace = new EmbeddingPace { Batch = batch };
        var http = new HttpClient
        {
            BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"),
            // Each try has a limit of its own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return new EmbeddingServer(http, model, EmbeddingCache.Open(TrainCommand.InHome(".run/embeddings.json")), pace, TimeProvider.System);
    }
}
