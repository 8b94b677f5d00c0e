using System.Text;

namespace EcgIntegration.Training.Data;

/// <summary>Reads a CSV file of a source, in UTF-8 with or without a byte order mark.</summary>
internal static class TableFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>Reads all lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="advice">What to do where it is damaged.</param>
    /// <exception cref="TrainingException">It cannot be read, is no UTF-8 or no table.</exception>
    public static IReadOnlyList<CsvRow> Read(string path, string advice) => Open(path, advice, text => CsvTable.Read(text).ToList());

    /// <summary>Names of the columns; none for an empty file.</summary>
    /// <exception cref="TrainingException">It cannot be read, is no UTF-8 or no table.</exception>
    public static IReadOnlyList<string> Heading(string path, string advice) => Open(path, advice, CsvTable.Heading);

    private static T Open<T>(string path, string advice, Func<TextReader, T> read)
    {
        try
        {
            using var text = new StreamReader(path, Strict, detectEncodingFromByteOrderMarks: false);
            return read(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new TrainingException($"{path} is not UTF-8 (Shift_JIS or UTF-16, perhaps): save it as UTF-8, in Excel as \"CSV UTF-8\".", e);
        }
        catch (FormatException e)
        {
            throw new TrainingException($"{path} cannot be read ({e.Message}): {advice}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{path} cannot be read: check that it is there and may be read.", e);
        }
    }
}
