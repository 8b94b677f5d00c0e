using System.Text.Json;
using EcgIntegration.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>Positional parameters, one line each.</summary>
internal static class LedgerParameters
{
    public static NpgsqlCommand With<T>(this NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    /// <summary>Npgsql takes moments in UTC only.</summary>
    public static NpgsqlCommand WithTime(this NpgsqlCommand command, DateTimeOffset? moment) => command.With(moment?.ToUniversalTime());

    public static NpgsqlCommand WithText(this NpgsqlCommand command, string? text)
    {
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    public static NpgsqlCommand WithJson<T>(this NpgsqlCommand command, T? value) where T : class
    {
        command.Parameters.Add(value is null
            ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb }
            : new NpgsqlParameter<byte[]>
            {
                TypedValue = JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Compact),
                NpgsqlDbType = NpgsqlDbType.Jsonb,
            });
        return command;
    }
}
