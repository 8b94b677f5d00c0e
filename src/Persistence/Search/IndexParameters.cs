using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Search;

/// <summary>The index columns as positional parameters, in one order for every statement that writes them.</summary>
internal static class IndexParameters
{
    /// <summary>patient_identifier, status, priority, tokens, date, date_end, stamped, stamped_end, indexed.</summary>
    public static void Add(NpgsqlParameterCollection parameters, IndexEntry entry)
    {
        parameters.Add(OptionalText(entry.PatientIdentifier));
        parameters.Add(OptionalText(entry.Status));
        parameters.Add(OptionalText(entry.Priority));
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = entry.Tokens });
        parameters.Add(Moment(entry.Date?.From));
        parameters.Add(Moment(entry.Date?.To));
        parameters.Add(Moment(entry.Stamped?.From));
        parameters.Add(Moment(entry.Stamped?.To));
        parameters.Add(new NpgsqlParameter<short> { TypedValue = IndexEntry.Rules });
    }

    /// <summary>The first and the last moment of .NET stand for PostgreSQL's infinities.</summary>
    private static NpgsqlParameter<DateTimeOffset?> Moment(DateTimeOffset? moment) =>
        new() { TypedValue = moment?.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<string?> OptionalText(string? text) => new() { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text };
}
