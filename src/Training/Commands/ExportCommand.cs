using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Export;
using EcgIntegration.Training.Onnx;
using EcgIntegration.Training.Onnx.Format;
using Google.Protobuf;

namespace EcgIntegration.Training.Commands;

/// <summary><c>ecg export</c>: a bundle's encoder in single and half precision, held to its weights, with a card for people.</summary>
internal static class ExportCommand
{
    private const string Half = "model.fp16.onnx";

    public static Command Create()
    {
        var data = TrainCommand.DataOption();
        var model = TrainCommand.BundleOption("--model");
        var output = new Option<string>("--out") { HelpName = "DIR", Description = "Folder to write to.", DefaultValueFactory = _ => "export" };
        var command = new Command("export", "Writes a bundle's encoder as ONNX in fp32 and fp16, compared with its weights, a bundle in fp16, and model cards.") { data, model, output };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var bundle = ModelBundle.Load(parsed.GetRequiredValue(model));
            var split = DataSplit.Read(EcgSources.Open(parsed.GetRequiredValue(data)), bundle.Labels);
            var single = File.ReadAllBytes(bundle.EncoderPath);
            var half = HalfPrecision.Of(ModelProto.Parser.ParseFrom(single)).ToByteArray();
            var parity = ParityTable.Measure(bundle, [(BundleFiles.Encoder, single), (Half, half)], split.Validation);
            var folder = parsed.GetRequiredValue(output);
            (string Name, byte[] Content)[] files =
            [
                (BundleFiles.Encoder, single),
                (Half, half),
                ("MODEL_CARD.md", Card(bundle, parity, japanese: false)),
                ("MODEL_CARD.ja.md", Card(bundle, parity, japanese: true)),
            ];
            foreach (var (name, content) in files)
            {
                WholeFile.Write(Path.Combine(folder, name), file => file.Write(content));
            }

            var halved = ModelBundleWriter.Write(Path.Combine(folder, HalfPrecision.Name), BundleAssembly.InHalfPrecision(
                bundle, half, (parity.Rows.Single(row => row.Name == Half).Embedding, parity.Ecgs), split));
            Print(terminal, folder, bundle, parity, halved);
            return 0;
        });
        return command;
    }

    private static byte[] Card(ModelBundle bundle, ParityTable parity, bool japanese) =>
        System.Text.Encoding.UTF8.GetBytes(ModelCardText.Of(bundle, parity, japanese));

    private static void Print(Terminal terminal, string folder, ModelBundle bundle, ParityTable parity, ModelBundle halved)
    {
        if (terminal.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { folder, bundle.ModelSha256, parity.Ecgs, encoders = parity.Rows, fp16ModelSha256 = halved.ModelSha256 }, ContractJson.Compact));
            return;
        }

        foreach (var row in parity.Rows)
        {
            Console.WriteLine(terminal.Say(
                $"{Path.Combine(folder, row.Name)}: embeddings within {row.Embedding:0.0e+0} of the trained weights, {row.Changed} decisions changed over {parity.Ecgs} ECGs",
                $"{Path.Combine(folder, row.Name)}: 学習済み重みとの埋め込みの最大差 {row.Embedding:0.0e+0}、判定の変化 {row.Changed} 件（心電図 {parity.Ecgs} 件）"));
        }

        Console.WriteLine(terminal.Say(
            $"{Path.Combine(folder, HalfPrecision.Name)}: a bundle in half precision, model {halved.ModelSha256}, for Model:Path of a worker on a GPU",
            $"{Path.Combine(folder, HalfPrecision.Name)}: 半精度のモデルバンドル（モデル {halved.ModelSha256}）。GPUのワーカーのModel:Pathに指定できます"));
    }
}
