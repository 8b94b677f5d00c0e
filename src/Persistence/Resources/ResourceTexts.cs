using EcgIntegration.Persistence.Search;
using Npgsql;

namespace EcgIntegration.Persistence.Resources;

/// <summary>Writes the texts that current versions are found by, on a connection whose transaction is the caller's.</summary>
internal static class ResourceTexts
{
    private const string InsertSql =
        """
        INSERT INTO resource_text (type, id, parameter, ordinal, folded, verbatim)
        SELECT $1, $2, t.parameter, t.ordinal, fold_text(t.lower), t.verbatim
        FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS t(parameter, lower, verbatim, ordinal)
        WHERE fold_text(t.lower) <> ''
        """;

    /// <summary>Texts of a resource that had none; most types never have any.</summary>
    public static async Task InsertAsync(NpgsqlConnection connection, ResourceWrite write, CancellationToken cancellationToken) =>
        await InsertAsync(connection, write.Resource.Type, write.Id, write.Resource.Fields.Texts, cancellationToken);

    /// <summary>Puts a resource's texts in the place of the ones it had.</summary>
    public static async Task ReplaceAsync(NpgsqlConnection connection, ResourceWrite write, CancellationToken cancellationToken)
    {
        if (HasTexts(write.Resource.Type))
        {
            await RemoveAsync(connection, write.Resource.Type, write.Id, cancellationToken);
            await InsertAsync(connection, write, cancellationToken);
        }
    }

    /// <summary>Adds texts of a resource.</summary>
    public static async Task InsertAsync(
        NpgsqlConnection connection, string type, string id, IReadOnlyList<IndexedText> texts, CancellationToken cancellationToken)
    {
        if (texts.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(InsertSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. texts.Select(text => text.Parameter)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. texts.Select(text => TextFolding.Lower(text.Text))] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. texts.Select(text => text.IsVerbatim ? text.Text : null)] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes a resource's texts.</summary>
    public static async Task RemoveAsync(NpgsqlConnection connection, string type, string id, CancellationToken cancellationToken)
    {
        if (!HasTexts(type))
        {
            return;
        }

        await using var command = new NpgsqlCommand("DELETE FROM resource_text WHERE type = $1 AND id = $2", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool HasTexts(string type) => SearchParameters.Of(type).Any(parameter => parameter.Type == SearchParameterType.Text);
}
