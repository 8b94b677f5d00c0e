namespace EcgIntegration.Persistence.Search;

/// <summary>
/// Decides which index a search goes by, and writes it as branches. PostgreSQL knows neither that urgent Tasks are few among
/// the newest nor how many resources a patient has; where there is a patient, or a worklist, the way is laid down here.
/// </summary>
internal sealed class SearchPlan
{
    private const string Row = "r";

    private readonly ResourceQuery _query;
    private readonly SqlParameters _parameters;
    private readonly DateTimeOffset _now;
    private readonly IndexColumn? _order;
    private readonly CriterionSql _sql;

    private SearchPlan(ResourceQuery query, SqlParameters parameters, DateTimeOffset now, IndexColumn? order)
    {
        (_query, _parameters, _now, _order) = (query, parameters, now, order);
        _sql = new CriterionSql(Row, query.Type, parameters, now);
    }

    /// <summary>The branches of a search.</summary>
    /// <param name="query">The search.</param>
    /// <param name="parameters">Takes the values.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="order">What a page is ordered by first; <see langword="null"/> where there is no order.</param>
    public static IReadOnlyList<SearchBranch> Branches(ResourceQuery query, SqlParameters parameters, DateTimeOffset now, IndexColumn? order) =>
        new SearchPlan(query, parameters, now, order).Build();

    private IReadOnlyList<SearchBranch> Build()
    {
        if (_query.Criteria.FirstOrDefault(IsByPatient) is { } patient)
        {
            return [.. ByPatient(patient).Select(branch => With(branch, _query.Criteria.Where(other => other != patient).Select(_sql.Of)))];
        }

        if (_query.Criteria.FirstOrDefault(TokenValues.AreOfFew) is { } few)
        {
            return [With(ByTokens(TokenValues.Of(few)), _query.Criteria.Where(other => other != few).Select(_sql.Of))];
        }

        if (_query.Criteria.FirstOrDefault(IsText) is { } text)
        {
            return [With(new($"({_sql.TextIds(text)}) AS d(id)", $"{Row}.id = d.id"), _query.Criteria.Where(other => other != text).Select(_sql.Of))];
        }

        return _order is null || _query.Criteria.Any(IsById) ? [With(new(null, "true"), _query.Criteria.Select(_sql.Of))] : InOrder();
    }

    /// <summary>
    /// By what an index has in the order of the page. Where more is asked for, the rest is a filter: whether what passes it lies
    /// at the beginning of the order, nobody knows before looking.
    /// </summary>
    private IReadOnlyList<SearchBranch> InOrder()
    {
        var (status, priority) = (OfWorklist(IndexColumn.Status), OfWorklist(IndexColumn.Priority));
        var dates = _query.Criteria.Where(IsDateOfOrder).ToList();
        var bounds = dates.Where(date => Parts(_sql, date).Count == 1).ToList();
        var reaching = dates.Except(bounds).FirstOrDefault();
        var filters = _query.Criteria.Except(bounds).Where(other => other != status && other != priority && other != reaching).ToList();
        if (IsOrderOfLanes && status is null && priority is null && filters.Count > 0)
        {
            // No index has what is asked for in that order: what passes is gathered by whichever the server prefers, and sorted.
            return [With(new(null, "true"), _query.Criteria.Select(_sql.Of))];
        }

        var lanes = status is null && priority is null && !IsOrderOfLanes
            ? [new(null, "true")]
            : WorkLanes.Of(_query.Type, status, priority, _parameters);
        if (IsOrderOfLanes)
        {
            return [.. lanes.Select(lane => With(lane, filters.Select(_sql.Of)))];
        }

        if (filters.Count == 0)
        {
            IEnumerable<string> within = [.. bounds.Select(_sql.Of), .. reaching is null ? [] : Parts(_sql, reaching).Take(1)];
            return [.. lanes.Select(lane => With(lane, within)), .. reaching is null ? Array.Empty<SearchBranch>() : [Spans(reaching)]];
        }

        // One way only, whose beginning can be looked through: what would take several is left to the filter.
        var inLane = lanes is [{ Driver: null }];
        var rest = filters.Concat(new[] { reaching, inLane ? null : status, inLane ? null : priority }.OfType<SearchCriterion>());
        return [With(inLane ? lanes[0] : new(null, "true"), bounds.Select(_sql.Of)) with { Filter = string.Join(" AND ", rest.Select(_sql.Of)) }];
    }

    /// <summary>Spans that reach over a moment, whichever else is asked of them: in no order that an index has, and few.</summary>
    private SearchBranch Spans(SearchCriterion date)
    {
        const string inner = "i";
        var part = Parts(new CriterionSql(inner, _query.Type, _parameters, _now), date)[1];
        return With(
            new($"(SELECT {inner}.id FROM resource {inner} WHERE {inner}.type = {_parameters.Text(_query.Type)} AND {part} OFFSET 0) AS d(id)", $"{Row}.id = d.id"),
            _query.Criteria.Where(other => other != date).Select(_sql.Of));
    }

    /// <summary>One look-up for each patient, in the order of the date.</summary>
    private SearchBranch[] ByPatient(SearchCriterion criterion)
    {
        if (criterion.Chained is not null)
        {
            return ByChain(new PatientChain(criterion, _parameters, _now));
        }

        if (criterion.Modifier == SearchModifier.Identifier)
        {
            return [.. OfIdentifiers(PatientValues.Identifiers([.. criterion.AnyOf.OfType<TokenValue>()]), known: null)];
        }

        return [LookUp("patient", PatientValues.Of(criterion))];
    }

    private SearchBranch[] ByChain(PatientChain chain)
    {
        var patients = chain.Patients("p");
        return
        [
            new($"(SELECT DISTINCT p.patient FROM ({patients}) AS p(patient)) AS d(patient)", $"{Row}.patient = d.patient"),
            .. OfIdentifiers(chain.Identifiers, known: _sql.PatientAmong(chain.Patients("q"))),
        ];
    }

    /// <summary>
    /// By the patient's identifier. Where its system is not asked for, the systems there are, of which a hospital has few, are
    /// found in the index, one after the other.
    /// </summary>
    private IEnumerable<SearchBranch> OfIdentifiers(PatientIdentifiers identifiers, string? known)
    {
        var before = known is null ? [] : new List<string> { known };
        if (identifiers.WithSystem.Count > 0)
        {
            yield return With(LookUp("patient_identifier", identifiers.WithSystem), before.Select(No));
            before.AddRange(_sql.PatientIdentifiers(identifiers with { Values = [] }));
        }

        if (identifiers.Values.Count > 0)
        {
            // What follows the bar in the order of bytes is the brace: past it lies the next system.
            var driver = $"""
                (WITH RECURSIVE held(identifier) AS (
                   (SELECT f.patient_identifier FROM resource f WHERE f.patient_identifier IS NOT NULL ORDER BY f.patient_identifier LIMIT 1)
                   UNION ALL
                   SELECT (
                     SELECT n.patient_identifier FROM resource n WHERE n.patient_identifier > split_part(held.identifier, '|', 1) || chr(125)
                     ORDER BY n.patient_identifier LIMIT 1)
                   FROM held WHERE held.identifier IS NOT NULL)
                 SELECT split_part(held.identifier, '|', 1) || '|' || v
                 FROM held, unnest({_parameters.Texts(identifiers.Values)}) AS v WHERE held.identifier IS NOT NULL) AS d(key)
                """;
            yield return With(new(driver, $"{Row}.patient_identifier = d.key"), before.Select(No));
        }
    }

    private SearchBranch LookUp(string column, IReadOnlyList<string> keys) => keys.Count switch
    {
        0 => new(null, CriterionSql.Never),
        1 => new(null, $"{Row}.{column} = {_parameters.Text(keys[0])}"),
        _ => new($"unnest({_parameters.Texts(keys)}) AS d(key)", $"{Row}.{column} = d.key"),
    };

    /// <summary>
    /// By tokens that few resources have. The server takes any token it does not know for one of thousands, and would rather
    /// walk through all there is: each is looked up by itself here, and the type hidden from the indexes that begin with it.
    /// </summary>
    private SearchBranch ByTokens(IReadOnlyList<string> tokens) => new(
        $"""
        (SELECT DISTINCT t.id FROM unnest({_parameters.Texts(tokens.Distinct())}) AS k(token)
         CROSS JOIN LATERAL (SELECT i.id FROM resource i WHERE i.tokens @> ARRAY[k.token] AND (i.type || '') = {_parameters.Text(_query.Type)} OFFSET 0) AS t) AS d(id)
        """,
        $"{Row}.id = d.id");

    private bool IsOrderOfLanes => _order is IndexColumn.Status or IndexColumn.Priority;

    /// <summary>The index of worklists is in the order of the date, and each of its lanes is of one status and one priority.</summary>
    private SearchCriterion? OfWorklist(IndexColumn column) =>
        IsOrderOfLanes || _order == IndexColumn.Date ? _query.Criteria.FirstOrDefault(criterion => IsCode(criterion, column)) : null;

    private static IReadOnlyList<string> Parts(CriterionSql sql, SearchCriterion date) => sql.Dates(date.Parameter).Parts((DateValue)date.AnyOf[0]);

    private static SearchBranch With(SearchBranch branch, IEnumerable<string> conditions) =>
        branch with { Condition = string.Join(" AND ", conditions.Prepend(branch.Condition)) };

    private static string No(string condition) => $"({condition}) IS NOT TRUE";

    private static bool IsByPatient(SearchCriterion criterion) => criterion.Parameter.IsOfPatient() && criterion switch
    {
        { Chained: not null } => true,
        // An identifier of which only the system is known narrows nothing down.
        { Modifier: SearchModifier.Identifier } => criterion.AnyOf.OfType<TokenValue>().All(value => value.Code is not null),
        { Modifier: SearchModifier.None } => criterion.AnyOf.OfType<ReferenceValue>()
            .All(value => Resources.PatientReference.Normalise(value.Reference) is not null),
        _ => false,
    };

    private static bool IsCode(SearchCriterion criterion, IndexColumn column) =>
        criterion is { Chained: null, Modifier: SearchModifier.None } && criterion.Parameter.Column() == column && CodeValues.Of(criterion) is not null;

    private static bool IsById(SearchCriterion criterion) =>
        criterion is { Chained: null, Modifier: SearchModifier.None } && criterion.Parameter.Column() == IndexColumn.Id;

    private static bool IsText(SearchCriterion criterion) =>
        criterion is { Chained: null, Modifier: not SearchModifier.Missing and not SearchModifier.Not } && criterion.Parameter.Column() == IndexColumn.Text;

    private bool IsDateOfOrder(SearchCriterion criterion) =>
        criterion is { Chained: null, Modifier: SearchModifier.None, AnyOf: [DateValue] } && criterion.Parameter.Column() == _order;
}
