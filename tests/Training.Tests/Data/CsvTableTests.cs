using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Tests.Data;

public sealed class CsvTableTests
{
    [Fact]
    public void Quoted_fields_hold_commas_quotes_and_line_breaks()
    {
        var rows = Read("a,b\n\"1,5\",\"say \"\"yes\"\"\"\r\n\"two\nlines\",\n");

        Assert.Equal(("1,5", "say \"yes\""), (rows[0]["a"], rows[0]["b"]));
        Assert.Equal(("two\nlines", string.Empty), (rows[1]["a"], rows[1]["b"]));
        Assert.Equal([2, 3], rows.Select(row => row.Line));
    }

    [Fact]
    public void The_last_line_needs_no_line_break() => Assert.Equal("2", Read("a,b\n1,2")[0]["b"]);

    [Fact]
    public void A_line_with_a_field_too_few_is_refused_by_number()
    {
        var error = Assert.Throws<FormatException>(() => Read("a,b\n1,2\n3\n"));

        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_not_there_is_named()
    {
        var error = Assert.Throws<FormatException>(() => Read("a\n1\n")[0]["b"]);

        Assert.Contains("column b", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,a\n1,2\n", "column a twice")]
    [InlineData("a,b\n1,\"2\n", "quotation mark")]
    public void A_broken_table_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Empty_lines_are_passed_over() => Assert.Equal([2, 4], Read("a,b\n1,2\n\n3,4\n\n").Select(row => row.Line));

    private static List<CsvRow> Read(string text) => [.. CsvTable.Read(new StringReader(text))];
}
