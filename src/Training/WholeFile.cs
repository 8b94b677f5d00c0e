namespace EcgIntegration.Training;

/// <summary>Writes a file whole or not at all: beside its place, onto the disk, and then moved there.</summary>
internal static class WholeFile
{
    /// <summary>Writes it; a file that is there is replaced.</summary>
    /// <param name="path">The file; its folder is created.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written; what was there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var draft = path + ".new";
        try
        {
            using (var file = File.Create(draft))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            Remove(draft);
            throw;
        }
    }

    private static void Remove(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed first says more.
        }
    }
}
