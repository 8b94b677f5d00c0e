using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Worker.Classification;

/// <summary>
/// The bundles on this machine: the default one and the sub-folders of another folder. Read anew each time, so that a bundle
/// can be put there while the worker runs.
/// </summary>
internal sealed class BundleCatalogue(string defaultFolder, string bundlesFolder)
{
    // What ModelBundleWriter writes beside a bundle before it takes the bundle's place.
    private static readonly string[] Unfinished = [".tmp", ".old"];

    /// <summary>The catalogue that a configuration means.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="contentRoot">Where relative paths start.</param>
    public static BundleCatalogue Of(ModelOptions options, string contentRoot) =>
        new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Path, contentRoot)), Path.GetFullPath(options.Bundles, contentRoot));

    /// <summary>Folder of the default bundle.</summary>
    public string DefaultFolder => defaultFolder;

    /// <summary>Every bundle, each read whole and checked, the default one first. A broken one says why.</summary>
    public IReadOnlyList<CataloguedBundle> List() => [.. Folders().Select(Check)];

    /// <summary>The folder whose card names a model; its content is not checked yet. <see langword="null"/> where there is none.</summary>
    public string? Find(string sha256) => Folders().FirstOrDefault(folder => CardOf(folder)?.ModelSha256 == sha256);

    private IEnumerable<string> Folders()
    {
        yield return defaultFolder;
        foreach (var folder in SubFolders())
        {
            if (folder != defaultFolder
                && !Unfinished.Contains(Path.GetExtension(folder)) && File.Exists(Path.Combine(folder, BundleFiles.Card)))
            {
                yield return folder;
            }
        }
    }

    private string[] SubFolders()
    {
        try
        {
            return Directory.Exists(bundlesFolder)
                ? [.. Directory.EnumerateDirectories(bundlesFolder).Order(StringComparer.Ordinal)]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be listed holds no bundle that could be used; the default one still can.
            return [];
        }
    }

    private static CataloguedBundle Check(string folder)
    {
        try
        {
            return new(folder, ModelBundle.Load(folder), null);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            return new(folder, null, e is ModelBundleException ? e.Message : $"Its files cannot be read ({e.GetType().Name}): check owner and permissions.");
        }
    }

    private static ModelCard? CardOf(string folder)
    {
        try
        {
            return ModelBundle.ReadCard(folder);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            return null;
        }
    }

    private static bool IsUnusable(Exception e) => e is ModelBundleException or IOException or UnauthorizedAccessException;
}

/// <summary>A bundle on this machine.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Bundle">What it holds; <see langword="null"/> for a broken one.</param>
/// <param name="Problem">One sentence on why it cannot be used.</param>
internal sealed record CataloguedBundle(string Folder, ModelBundle? Bundle, string? Problem);
