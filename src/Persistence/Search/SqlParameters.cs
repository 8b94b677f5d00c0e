using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Search;

/// <summary>The values of one statement. Each goes in as a parameter, and what comes back is the name of its place.</summary>
internal sealed class SqlParameters
{
    private readonly List<NpgsqlParameter> _parameters = [];

    /// <summary>The values, in the order of their places.</summary>
    public IReadOnlyList<NpgsqlParameter> All => _parameters;

    public string Text(string text) => Place(new NpgsqlParameter<string> { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text });

    public string Texts(IEnumerable<string> texts) =>
        Place(new NpgsqlParameter<string[]> { TypedValue = [.. texts], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

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

    private string Place(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }
}
