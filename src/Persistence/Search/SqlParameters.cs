using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Search;

/// <summary>The values of one statement. Each goes in as a parameter, and what comes back is the name of its place.</summary>
[SuppressMessage("Security", "CA2100", Justification = "This is how values become parameters: what builds the text has no other way to name one.")]
internal sealed class SqlParameters
{
    private readonly List<NpgsqlParameter> _parameters = [];

    /// <summary>The values, in the order of their places.</summary>
    public IReadOnlyList<NpgsqlParameter> All => _parameters;

    public string Text(string text) => Place(new NpgsqlParameter<string> { TypedValue = Sendable(text), NpgsqlDbType = NpgsqlDbType.Text });

    public string Texts(IEnumerable<string> texts) =>
        Place(new NpgsqlParameter<string[]> { TypedValue = [.. texts.Select(Sendable)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    public string Number(int number) => Place(new NpgsqlParameter<int> { TypedValue = number });

    public string LongNumber(long number) => Place(new NpgsqlParameter<long> { TypedValue = number });

    /// <summary>The first and the last moment of .NET stand for PostgreSQL's infinities.</summary>
    public string Moment(DateTimeOffset moment) => Place(new NpgsqlParameter<DateTimeOffset> { TypedValue = moment.ToUniversalTime() });

    /// <summary>A command with these values.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
        _parameters.ForEach(parameter => command.Parameters.Add(parameter));
        return command;
    }

    /// <summary>What cannot be stored is found nowhere, and need not fail: it is sought as the sign of what cannot be shown.</summary>
    private static string Sendable(string text) =>
        text.Contains('\0', StringComparison.Ordinal) || text.Any(char.IsSurrogate)
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')))
            : text;

    private string Place(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }
}
