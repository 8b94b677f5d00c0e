namespace EcgIntegration.Persistence.Search;

/// <summary>
/// The pairs of status and priority that a search asks for: each pair's rows lie together in an index, in the order of the
/// date. What is not asked for by name is found in that index, one value after the other, of which there are few.
/// </summary>
internal static class WorkLanes
{
    private const string OfLane = "r.status = d.status AND coalesce(r.priority, '') = d.priority";

    /// <summary>Ways to the rows; <see langword="null"/> for a criterion that is not there, and for both where it is an order alone.</summary>
    /// <param name="type">Resource type.</param>
    /// <param name="status">Codes of the status.</param>
    /// <param name="priority">Codes of the priority.</param>
    /// <param name="parameters">Takes the values.</param>
    public static IReadOnlyList<SearchBranch> Of(string type, SearchCriterion? status, SearchCriterion? priority, SqlParameters parameters)
    {
        var statuses = status is null ? null : CodeValues.Of(status);
        var priorities = priority is null ? null : CodeValues.Of(priority);
        return (statuses, priorities) switch
        {
            ({ Count: 0 }, _) or (_, { Count: 0 }) => [new(null, CriterionSql.Never)],
            ([var one], [var other]) => [Lane(null, $"r.status = {parameters.Text(one)} AND coalesce(r.priority, '') = {parameters.Text(other)}")],
            (not null, not null) =>
            [
                Lane($"(SELECT s, p FROM unnest({parameters.Texts(statuses)}) AS s, unnest({parameters.Texts(priorities)}) AS p) AS d(status, priority)", OfLane),
            ],
            (not null, null) => [Lane(EachPriority(parameters.Text(type), parameters.Texts(statuses)), OfLane)],
            (null, not null) =>
            [
                Lane(EachStatus(parameters.Text(type), parameters.Texts(priorities)), OfLane),
                new(WithoutStatus(parameters.Text(type), parameters.Texts(priorities)), "r.id = d.id"),
            ],
            _ => All(parameters.Text(type)),
        };
    }

    /// <summary>Every pair there is, and what has no status.</summary>
    private static IReadOnlyList<SearchBranch> All(string type) =>
    [
        Lane(EachPriority(type, $"ARRAY({Statuses(type)})"), OfLane),
        new(null, "r.status IS NULL"),
    ];

    private static SearchBranch Lane(string? driver, string condition) => new(driver, condition) { IsLane = true };

    private static string EachPriority(string type, string statuses) =>
        $"""
        (WITH RECURSIVE lane(status, priority) AS (
           SELECT s.status, (
             SELECT coalesce(f.priority, '') FROM resource f WHERE f.type = {type} AND f.status = s.status
             ORDER BY coalesce(f.priority, '') LIMIT 1)
           FROM unnest({statuses}) AS s(status)
           UNION ALL
           SELECT lane.status, (
             SELECT coalesce(n.priority, '') FROM resource n
             WHERE n.type = {type} AND n.status = lane.status AND coalesce(n.priority, '') > lane.priority
             ORDER BY coalesce(n.priority, '') LIMIT 1)
           FROM lane WHERE lane.priority IS NOT NULL)
         SELECT status, priority FROM lane WHERE priority IS NOT NULL) AS d(status, priority)
        """;

    private static string EachStatus(string type, string priorities) =>
        $"(SELECT h.status, p FROM ({Statuses(type)}) AS h, unnest({priorities}) AS p) AS d(status, priority)";

    private static string Statuses(string type) =>
        $"""
        WITH RECURSIVE held(status) AS (
           (SELECT f.status FROM resource f WHERE f.type = {type} AND f.status IS NOT NULL ORDER BY f.status LIMIT 1)
           UNION ALL
           SELECT (SELECT n.status FROM resource n WHERE n.type = {type} AND n.status > held.status ORDER BY n.status LIMIT 1)
           FROM held WHERE held.status IS NOT NULL)
         SELECT held.status FROM held WHERE held.status IS NOT NULL
        """;

    /// <summary>An index gives no order behind what is missing; these are few, and sorted.</summary>
    private static string WithoutStatus(string type, string priorities) =>
        $"(SELECT i.id FROM resource i WHERE i.type = {type} AND i.status IS NULL AND coalesce(i.priority, '') = ANY({priorities}) OFFSET 0) AS d(id)";
}
