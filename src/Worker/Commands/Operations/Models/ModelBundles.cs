using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Commands.Local;

namespace EcgIntegration.Worker.Commands.Operations.Models;

/// <summary>The bundles that the worker of this configuration sees.</summary>
internal static class ModelBundles
{
    private const int ShortestPrefix = 4;

    /// <summary>The catalogue of this configuration.</summary>
    public static BundleCatalogue Catalogue() => BundleCatalogue.Of(new LocalSettings().Models, Places.Home);

    /// <summary>The one usable bundle that a name or the beginning of a SHA-256 means.</summary>
    /// <exception cref="CommandException">None or several do, or it cannot be run.</exception>
    public static ModelBundle Choose(string nameOrPrefix)
    {
        var usable = Catalogue().List().Select(bundle => bundle.Bundle).OfType<ModelBundle>().DistinctBy(bundle => bundle.ModelSha256);
        var found = usable.Where(bundle => bundle.Card.Name == nameOrPrefix || IsPrefix(nameOrPrefix, bundle.ModelSha256)).ToList();
        var bundle = found switch
        {
            [var only] => only,
            [] => throw new CommandException(
                $"No usable bundle is called '{nameOrPrefix}' or has a SHA-256 that begins so ({ShortestPrefix} digits or more): ecg models lists what is here.",
                $"名称が '{nameOrPrefix}' のモデル、またはSHA-256がこの値({ShortestPrefix}桁以上)で始まる利用可能なモデルはありません。ecg models で一覧を表示します。"),
            _ => throw new CommandException(
                $"'{nameOrPrefix}' means several bundles: name one by its SHA-256 ({string.Join(", ", found.Select(bundle => ModelUnavailableException.Short(bundle.ModelSha256)))}).",
                $"'{nameOrPrefix}' に該当するモデルが複数あります。SHA-256で指定してください({string.Join("、", found.Select(bundle => ModelUnavailableException.Short(bundle.ModelSha256)))})。"),
        };
        Try(bundle);
        return bundle;
    }

    /// <summary>Opens the model once, so that one which no worker could run never gets a role.</summary>
    private static void Try(ModelBundle bundle)
    {
        using var encoder = OnnxEncoder.Load(
            bundle, new ModelOptions { Device = Device.Cpu, IntraOpThreads = 1, MaxBatch = 1 }, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
    }

    private static bool IsPrefix(string text, string sha256) =>
        text.Length >= ShortestPrefix && sha256.StartsWith(text, StringComparison.OrdinalIgnoreCase);
}
