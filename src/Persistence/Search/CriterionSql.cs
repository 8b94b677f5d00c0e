namespace EcgIntegration.Persistence.Search;

/// <summary>
/// Writes criteria as conditions on a row of <c>resource</c>. A condition holds, does not hold or is unknown, and a row is
/// found where it holds; values are never part of the text.
/// </summary>
/// <param name="alias">Name of the row.</param>
/// <param name="type">Resource type.</param>
/// <param name="parameters">Takes the values.</param>
/// <param name="now">The present moment.</param>
internal sealed class CriterionSql(string alias, string type, SqlParameters parameters, DateTimeOffset now)
{
    /// <summary>A condition that never holds.</summary>
    public const string Never = "false";

    private const string PatientAlias = "p";

    /// <summary>The condition of a criterion.</summary>
    public string Of(SearchCriterion criterion)
    {
        if (criterion.Chained is not null)
        {
            return AnyOf(new PatientChain(criterion, parameters, now).Conditions(this, PatientAlias));
        }

        return criterion.Modifier switch
        {
            SearchModifier.Missing => Missing(criterion),
            SearchModifier.Identifier => OfIdentifier(criterion),
            SearchModifier.Not => $"({OfValues(criterion)}) IS NOT TRUE",
            _ => OfValues(criterion),
        };
    }

    /// <summary>Dates of a parameter.</summary>
    public DateSql Dates(SearchParameter parameter) => parameter.Column() switch
    {
        IndexColumn.LastUpdated => new($"{alias}.last_updated", $"{alias}.last_updated", parameters, now),
        IndexColumn.Stamped => new($"{alias}.stamped", $"{alias}.stamped_end", parameters, now),
        _ => new($"{alias}.date", $"{alias}.date_end", parameters, now),
    };

    /// <summary>Rows with any of some tokens.</summary>
    public string Tokens(IReadOnlyCollection<string> tokens) =>
        tokens.Count == 0 ? Never : $"{alias}.tokens {(tokens.Count == 1 ? "@>" : "&&")} {parameters.Texts(tokens)}";

    /// <summary>Conditions of which one holds for rows of the patients identified.</summary>
    public IEnumerable<string> PatientIdentifiers(PatientIdentifiers identifiers) =>
    [
        AnyText($"{alias}.patient_identifier", identifiers.WithSystem),
        AnyText($"substr({alias}.patient_identifier, strpos({alias}.patient_identifier, '|') + 1)", identifiers.Values),
        .. identifiers.Systems.Select(system => $"starts_with({alias}.patient_identifier, {parameters.Text(system + "|")})"),
    ];

    /// <summary>Rows of the patients that a statement gives.</summary>
    public string PatientAmong(string statement) => $"{alias}.patient IN ({statement})";

    /// <summary>Statement that gives the ids of what has a text, none twice.</summary>
    public string TextIds(SearchCriterion criterion) =>
        $"""
        SELECT DISTINCT t.id FROM resource_text t
        WHERE t.type = {parameters.Text(type)} AND t.parameter = {parameters.Text(criterion.Parameter.Name)}
          AND {AnyOf(Values<TextValue>(criterion).Select(value => $"({OfText(criterion.Modifier, value.Text)})"))}
        """;

    /// <summary>One of several conditions.</summary>
    public static string AnyOf(IEnumerable<string> conditions)
    {
        var some = conditions.Where(condition => condition != Never).Distinct().ToList();
        return some.Count switch
        {
            0 => Never,
            1 => some[0],
            _ => $"({string.Join(" OR ", some)})",
        };
    }

    private string OfValues(SearchCriterion criterion)
    {
        var parameter = criterion.Parameter;
        return parameter.Column() switch
        {
            IndexColumn.Id => AnyText($"{alias}.id", [.. Values<TokenValue>(criterion).Select(value => value.Code).OfType<string>()]),
            IndexColumn.Status => OfCode($"{alias}.status", criterion),
            IndexColumn.Priority => OfCode($"coalesce({alias}.priority, '')", criterion),
            IndexColumn.Date or IndexColumn.Stamped or IndexColumn.LastUpdated =>
                AnyOf(Values<DateValue>(criterion).Select(Dates(parameter).Of)),
            IndexColumn.Text => $"{alias}.id IN ({TextIds(criterion)})",
            IndexColumn.Patient => OfPatient(criterion),
            _ => AnyOf([parameter.IsOfPatient() ? OfPatient(criterion) : Never, Tokens(TokenValues.Of(criterion))]),
        };
    }

    private string OfCode(string column, SearchCriterion criterion)
    {
        var codes = CodeValues.Of(criterion);
        return codes is null ? $"{column} <> ''" : AnyText(column, codes);
    }

    private string OfPatient(SearchCriterion criterion) => AnyText($"{alias}.patient", PatientValues.Of(criterion));

    private string OfIdentifier(SearchCriterion criterion) => criterion.Parameter.IsOfPatient()
        ? AnyOf(PatientIdentifiers(PatientValues.Identifiers([.. Values<TokenValue>(criterion)])))
        : Tokens(TokenValues.Of(criterion));

    private string OfText(SearchModifier modifier, string text)
    {
        var folded = $"fold_text({parameters.Text(TextFolding.Lower(text))})";
        return modifier switch
        {
            SearchModifier.Exact => $"t.folded = {folded} AND t.verbatim = {parameters.Text(text)}",
            SearchModifier.Contains => $"strpos(t.folded, {folded}) > 0 AND {folded} <> ''",
            // Byte by byte, nothing that begins with a text sorts after that text and the last code point there is.
            _ => $"t.folded >= {folded} AND t.folded < {folded} || {parameters.Text(char.ConvertFromUtf32(0x10FFFF))} AND {folded} <> ''",
        };
    }

    private string Missing(SearchCriterion criterion)
    {
        var parameter = criterion.Parameter;
        var missing = parameter.Column() switch
        {
            IndexColumn.Id or IndexColumn.LastUpdated => Never,
            IndexColumn.Status => $"{alias}.status IS NULL",
            IndexColumn.Priority => $"{alias}.priority IS NULL",
            IndexColumn.Date => $"{alias}.date IS NULL",
            IndexColumn.Stamped => $"{alias}.stamped IS NULL",
            IndexColumn.Text =>
                $"NOT EXISTS (SELECT FROM resource_text t WHERE t.type = {parameters.Text(type)} AND t.id = {alias}.id AND t.parameter = {parameters.Text(parameter.Name)})",
            IndexColumn.Patient => NoPatient,
            _ => parameter.IsOfPatient() ? $"({NoPatient} AND {NoToken(parameter)})" : NoToken(parameter),
        };
        return Values<FlagValue>(criterion).Single().Flag ? missing : $"NOT ({missing})";
    }

    private string NoPatient => $"({alias}.patient IS NULL AND {alias}.patient_identifier IS NULL)";

    private string NoToken(SearchParameter parameter)
    {
        var beginnings = parameters.Texts(IndexTokens.Beginnings(parameter.Name));
        return $"NOT EXISTS (SELECT FROM unnest({alias}.tokens) AS token, unnest({beginnings}) AS beginning WHERE starts_with(token, beginning))";
    }

    private string AnyText(string column, IReadOnlyCollection<string> texts) => texts.Count switch
    {
        0 => Never,
        1 => $"{column} = {parameters.Text(texts.First())}",
        _ => $"{column} = ANY({parameters.Texts(texts)})",
    };

    private static IEnumerable<T> Values<T>(SearchCriterion criterion) where T : SearchValue => TokenValues.Values<T>(criterion);
}
