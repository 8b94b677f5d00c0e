using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace EcgIntegration.Contracts.Bundles;

/// <summary>Writes a model bundle whole or not at all.</summary>
public static class ModelBundleWriter
{
    /// <summary>Largest size of a bundle's files together, in bytes.</summary>
    public const long MaximumSize = 16_000_000;

    private const int Format = 1;

    /// <summary>
    /// Writes the bundle beside the folder, reads it back as the Worker will, and only then puts it in the folder's place.
    /// </summary>
    /// <param name="folder">The bundle's folder; an older bundle in it is replaced.</param>
    /// <param name="content">What to write.</param>
    /// <returns>The bundle as read back.</returns>
    /// <exception cref="ModelBundleException">The content breaks a rule of bundles; nothing was changed.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; nothing was changed.</exception>
    public static ModelBundle Write(string folder, BundleContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, BundleFiles.Card)))
        {
            throw new ModelBundleException($"The folder {folder} holds something else than a model bundle: name another one.");
        }

        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(temporary);
        try
        {
            WriteFiles(temporary, content);
            ModelBundle.Load(temporary);
            Swap(temporary, target);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }

        return ModelBundle.Load(target);
    }

    private static void WriteFiles(string folder, BundleContent content)
    {
        var matrix = new byte[content.LabelMatrix.Length * sizeof(float)];
        foreach (var (index, value) in content.LabelMatrix.ToArray().Index())
        {
            BinaryPrimitives.WriteSingleLittleEndian(matrix.AsSpan(index * sizeof(float)), value);
        }

        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [BundleFiles.Encoder] = content.Encoder.ToArray(),
            [BundleFiles.LabelMatrix] = matrix,
            [BundleFiles.Labels] = Json(content.Labels),
            [BundleFiles.Calibration] = Json(content.Calibration),
        };
        var hashes = BundleFiles.Payload.ToDictionary(file => file, file => Convert.ToHexStringLower(SHA256.HashData(files[file])), StringComparer.Ordinal);
        files[BundleFiles.Card] = Json(new ModelCard(
            Format,
            content.Name,
            content.Version,
            BundleFiles.Identity(hashes),
            content.Preprocessing,
            content.EmbeddingWidth,
            hashes,
            content.Data,
            content.Metrics,
            content.Training));

        var size = files.Values.Sum(file => (long)file.Length);
        if (size > MaximumSize)
        {
            throw new ModelBundleException($"The model bundle would have {size} bytes; {MaximumSize} are allowed.");
        }

        foreach (var (file, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, file), bytes);
        }
    }

    private static byte[] Json<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Indented), (byte)'\n'];

    private static void Swap(string temporary, string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(temporary, target);
            return;
        }

        var previous = temporary + ".old";
        Directory.Move(target, previous);
        try
        {
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(previous, target);
            throw;
        }

        Directory.Delete(previous, recursive: true);
    }
}
