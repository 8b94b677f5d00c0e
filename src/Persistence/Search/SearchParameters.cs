using System.Collections.Frozen;
using static EcgIntegration.Persistence.Search.SearchParameterType;

namespace EcgIntegration.Persistence.Search;

/// <summary>
/// The search parameters that are offered, by type: what is indexed, what a search understands and what the capability
/// statement lists all come from here.
/// </summary>
public static class SearchParameters
{
    private const string Hl7 = "http://hl7.org/fhir/";

    private static readonly string[] Patients = ["Patient"];

    private static readonly SearchParameter[] Common =
    [
        new("_id", Token, ["id"]) { IsSortable = true },
        new("_lastUpdated", Date, ["meta.lastUpdated"]) { IsSortable = true },
        new("_tag", Token, ["meta.tag"]),
        new("_security", Token, ["meta.security"]),
        new("_profile", Reference, ["meta.profile"]),
    ];

    private static readonly SearchParameter Patient = new("patient", Reference, ["subject"]) { Targets = Patients };
    private static readonly SearchParameter Subject = new("subject", Reference, ["subject"]) { Targets = Patients };
    private static readonly SearchParameter Identifier = new("identifier", Token, ["identifier"]);
    private static readonly SearchParameter Category = new("category", Token, ["category"]);
    private static readonly SearchParameter Code = new("code", Token, ["code"]);
    private static readonly SearchParameter BasedOn = new("based-on", Reference, ["basedOn"]);
    private static readonly SearchParameter Encounter = new("encounter", Reference, ["encounter"]) { Targets = ["Encounter"] };

    private static readonly SearchParameter Effective =
        new("date", Date, ["effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming.event"]) { IsSortable = true };

    private static readonly FrozenDictionary<string, SearchParameter[]> ByType = new Dictionary<string, SearchParameter[]>
    {
        ["Observation"] =
        [
            Patient, Subject, Code, Effective, SortedStatus("observation-status"), Category, Identifier,
            new("derived-from", Reference, ["derivedFrom"]) { Targets = ["Observation"] },
            new("device", Reference, ["device"]) { Targets = ["Device"] },
            BasedOn, Encounter,
            new("component-code", Token, ["component.code"]),
        ],
        ["DiagnosticReport"] =
        [
            Patient, Subject, Code, Effective, SortedStatus("diagnostic-report-status"), Category, Identifier, BasedOn, Encounter,
            new("issued", Date, ["issued"]) { IsSortable = true },
            new("result", Reference, ["result"]) { Targets = ["Observation"] },
            new("conclusion", Token, ["conclusionCode"]),
        ],
        ["Provenance"] =
        [
            new("target", Reference, ["target"]),
            new("agent", Reference, ["agent.who"]),
            new("entity", Reference, ["entity.what"]),
            new("patient", Reference, ["target"]) { Targets = Patients },
            new("recorded", Date, ["recorded"]) { IsSortable = true },
        ],
        ["Device"] = [Identifier, Status("device-status")],
        ["Task"] =
        [
            new("patient", Reference, ["for"]) { Targets = Patients },
            new("subject", Reference, ["for"]) { Targets = Patients },
            SortedStatus("task-status"), Identifier, Code, BasedOn, Encounter,
            new("priority", Token, ["priority"])
            {
                CodeSystem = Hl7 + "request-priority",
                IsSortable = true,
                Documentation = "_sort=priority: stat, asap, urgent, routine. 緊急度の順。",
            },
            new("focus", Reference, ["focus"]),
            new("owner", Reference, ["owner"]),
            new("authored-on", Date, ["authoredOn"]) { IsSortable = true },
            new("modified", Date, ["lastModified"]) { IsSortable = true },
        ],
        ["Patient"] =
        [
            Identifier,
            new("name", Text, ["name"])
            {
                IsSortable = true,
                Documentation = "_sort=name: family and given name, the kana where there is one. カナ氏名の順。",
            },
            new("birthdate", Date, ["birthDate"]) { IsSortable = true },
        ],
        ["Subscription"] =
        [
            Status("subscription-status"),
            new("type", Token, ["channel.type"]) { CodeSystem = Hl7 + "subscription-channel-type" },
            new("url", Reference, ["channel.endpoint"]),
        ],
        // Not stored as resources: IAuditTrail searches the audit records themselves.
        ["AuditEvent"] =
        [
            new("date", Date, ["recorded"]) { IsSortable = true },
            new("patient", Reference, ["entity.what"]) { Targets = Patients },
            new("agent", Reference, ["agent.who"]),
            new("altid", Token, ["agent.altId"]),
            new("agent-name", Text, ["agent.name"]),
        ],
    }.ToFrozenDictionary(pair => pair.Key, pair => (SearchParameter[])[.. pair.Value, .. Common]);

    /// <summary>The resource types that are searched.</summary>
    public static IReadOnlyCollection<string> Types => ByType.Keys;

    /// <summary>The parameters of a type, those that all types have last; empty for a type that is not searched.</summary>
    public static IReadOnlyList<SearchParameter> Of(string type) => ByType.GetValueOrDefault(type, []);

    /// <summary>One parameter of a type, or <see langword="null"/>.</summary>
    public static SearchParameter? Find(string type, string name) => Of(type).FirstOrDefault(parameter => parameter.Name == name);

    private static SearchParameter SortedStatus(string system) =>
        Status(system) with { IsSortable = true, Documentation = "_sort=status: in the order of the codes. コード順。" };

    private static SearchParameter Status(string system) => new("status", Token, ["status"]) { CodeSystem = Hl7 + system };
}
