using System.Text;

namespace EcgIntegration.Training.Data;

/// <summary>Reads comma-separated tables (RFC 4180): fields may be quoted, hold commas, doubled quotes and line breaks.</summary>
internal static class CsvTable
{
    /// <summary>Names of the columns; none where there is no line.</summary>
    /// <exception cref="FormatException">A quoted field has no end.</exception>
    public static IReadOnlyList<string> Heading(TextReader text) => Records(text).FirstOrDefault() ?? [];

    /// <summary>The lines after the heading, by column name; empty lines are passed over.</summary>
    /// <exception cref="FormatException">
    /// A line has another number of fields than the heading, a column's name stands twice, or a quoted field has no end.
    /// </exception>
    public static IEnumerable<CsvRow> Read(TextReader text)
    {
        var line = 1;
        Dictionary<string, int>? columns = null;
        foreach (var fields in Records(text))
        {
            if (columns is null)
            {
                columns = Columns(fields);
            }
            else if (fields is [""] && columns.Count > 1)
            {
                // Spreadsheets leave empty lines at the end.
            }
            else if (fields.Count != columns.Count)
            {
                throw new FormatException($"line {line} has {fields.Count} fields where the heading has {columns.Count}");
            }
            else
            {
                yield return new CsvRow(line, columns, fields);
            }

            line += 1 + fields.Sum(field => field.Count(letter => letter == '\n'));
        }
    }

    private static Dictionary<string, int> Columns(List<string> heading)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, name) in heading.Index())
        {
            if (!columns.TryAdd(name, index))
            {
                throw new FormatException($"the heading names the column {name} twice");
            }
        }

        return columns;
    }

    private static IEnumerable<List<string>> Records(TextReader text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var letter = text.Read(); letter >= 0; letter = text.Read())
        {
            if (quoted)
            {
                if (letter != '"')
                {
                    field.Append((char)letter);
                }
                else if (text.Peek() == '"')
                {
                    field.Append((char)text.Read());
                }
                else
                {
                    quoted = false;
                }

                continue;
            }

            switch (letter)
            {
                case '"':
                    quoted = true;
                    break;
                case ',':
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                case '\n':
                    fields.Add(field.ToString());
                    field.Clear();
                    yield return fields;
                    fields = [];
                    break;
                case '\r' when text.Peek() == '\n':
                    break;
                default:
                    field.Append((char)letter);
                    break;
            }
        }

        if (quoted)
        {
            throw new FormatException("a quoted field has no closing quotation mark");
        }

        if (field.Length > 0 || fields.Count > 0)
        {
            fields.Add(field.ToString());
            yield return fields;
        }
    }
}

/// <summary>One line of a table.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Columns">Index of each column by name.</param>
/// <param name="Fields">The fields in order.</param>
internal sealed record CsvRow(int Line, IReadOnlyDictionary<string, int> Columns, IReadOnlyList<string> Fields)
{
    /// <summary>A field by its column's name.</summary>
    /// <exception cref="FormatException">There is no such column.</exception>
    public string this[string column] => Columns.TryGetValue(column, out var index)
        ? Fields[index]
        : throw new FormatException($"the column {column} is missing");
}
