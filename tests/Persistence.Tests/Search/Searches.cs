using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Search;

/// <summary>Stores resources as they are, and searches for them.</summary>
internal static class Searches
{
    private const string Source = "ehr";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Stores a resource, or its next version.</summary>
    /// <param name="database">The database.</param>
    /// <param name="type">Its type.</param>
    /// <param name="members">Its members but for the type.</param>
    /// <param name="id">Its id; a new one where it has none.</param>
    /// <param name="at">When it is stored.</param>
    /// <returns>Its id.</returns>
    public static async Task<string> StoreAsync(
        this MigratedDatabase database, string type, string members, string? id = null, DateTimeOffset? at = null)
    {
        id ??= Ecgs.NewId();
        using var resource = PreparedResource.From(type, Ecgs.Utf8($$"""{"resourceType": "{{type}}"{{(members.Length > 0 ? ", " : "")}}{{members}}}"""));
        await using var connection = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        var write = new ResourceWrite(resource, id, Source, at ?? database.Time.GetUtcNow());
        if (!await ResourceWriter.TryInsertAsync(connection, write, Stop))
        {
            await ResourceWriter.UpdateAsync(connection, write, Stop);
        }

        await transaction.CommitAsync(Stop);
        return id;
    }

    public static async Task<int?> DeleteAsync(this MigratedDatabase database, string type, string id, DateTimeOffset? at = null)
    {
        await using var connection = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        return await ResourceWriter.DeleteAsync(connection, type, id, at ?? database.Time.GetUtcNow(), Stop);
    }

    /// <summary>Every id that matches, page by page, in order.</summary>
    public static async Task<List<string>> FindAsync(
        this MigratedDatabase database, string type, IReadOnlyList<SearchCriterion> criteria, int limit = 50, params SortKey[] sort)
    {
        var found = new List<string>();
        SearchPlace? after = null;
        do
        {
            var page = await database.Get<IFhirSearch>().SearchAsync(new ResourceQuery(type, criteria, sort, limit, after), Stop);
            found.AddRange(page.Matches.Select(match => match.Id));
            after = page.Next;
        }
        while (after is not null);
        return found;
    }

    public static Task<long> CountAsync(this MigratedDatabase database, string type, params SearchCriterion[] criteria) =>
        database.Get<IFhirSearch>().CountAsync(new ResourceQuery(type, criteria, [], 0, null), Stop);

    /// <summary>Whether a criterion holds of one resource.</summary>
    public static async Task<bool> HoldsAsync(this MigratedDatabase database, string type, string id, SearchCriterion criterion)
    {
        var found = await database.FindAsync(type, [Where(type, "_id", new TokenValue(null, id)), criterion]);
        Assert.True(found.Count <= 1);
        return found.Count == 1;
    }

    public static SearchParameter Parameter(string type, string name) =>
        SearchParameters.Find(type, name) ?? throw new ArgumentException($"{type} has no parameter {name}.", nameof(name));

    public static SearchCriterion Where(string type, string name, params SearchValue[] values) =>
        new(Parameter(type, name), SearchModifier.None, values);

    public static SearchCriterion Where(string type, string name, SearchModifier modifier, params SearchValue[] values) =>
        new(Parameter(type, name), modifier, values);

    public static SearchCriterion Missing(string type, string name, bool flag) =>
        Where(type, name, SearchModifier.Missing, new FlagValue(flag));

    /// <summary><c>system|code</c>, <c>|code</c>, <c>code</c> or <c>system|</c>.</summary>
    public static TokenValue Token(string text) => text.Split('|') switch
    {
        [var system, ""] => new(system, null),
        [var system, var code] => new(system, code),
        _ => new(null, text),
    };

    public static SearchCriterion Chained(string type, string name, SearchCriterion onPatient) =>
        Where(type, name) with { Chained = onPatient };

    public static SortKey By(string type, string name, bool descending = false) => new(Parameter(type, name), descending);
}
