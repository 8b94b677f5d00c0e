using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Text;

namespace EcgIntegration.Training.Commands;

/// <summary><c>ecg embed</c>: the label texts in, a file of their frozen vectors out.</summary>
internal static class EmbedCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "File to write; train --text-encoder FILE reads it.", DefaultValueFactory = _ => "embeddings.json" };
        var text = new TextEncoderOptions();
        var command = new Command("embed", "Embeds the Japanese label texts with a frozen text encoder and writes the vectors to a file.") { output };
        text.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = Terminal.Of(parsed);
            string[] texts = [.. LabelTable.BuiltIn().Select(label => label.Ja)];
            var embeddings = await text.Create(parsed).EncodeAsync(texts, cancellationToken);
            var file = parsed.GetRequiredValue(output);
            EmbeddingFile.Write(file, texts, embeddings);
            Console.WriteLine(terminal.Json
                ? JsonSerializer.Serialize(new { file, embeddings.Encoder, texts = embeddings.Count, embeddings.Width }, ContractJson.Compact)
                : terminal.Say(
                    $"{file}: {embeddings.Count} texts, {embeddings.Width} values each, by {embeddings.Encoder}",
                    $"{file}: テキスト {embeddings.Count} 件、各 {embeddings.Width} 次元（{embeddings.Encoder}）"));
            return 0;
        });
        return command;
    }
}
