namespace EcgIntegration.Persistence.Search;

/// <summary>
/// A criterion on the patient that a resource refers to. Patients are those stored here; a resource that names its patient
/// by an identifier alone is found by that identifier, whether the Patient is stored or not.
/// </summary>
internal sealed class PatientChain
{
    private readonly SearchCriterion _chained;
    private readonly SqlParameters _parameters;
    private readonly DateTimeOffset _now;

    public PatientChain(SearchCriterion criterion, SqlParameters parameters, DateTimeOffset now)
    {
        if (!criterion.Parameter.IsOfPatient() || criterion.Chained is not { Chained: null } chained)
        {
            throw new ArgumentException("Only the patient's own parameters are searched through a reference.", nameof(criterion));
        }

        _chained = chained;
        _parameters = parameters;
        _now = now;
    }

    /// <summary>
    /// Statement that gives the references of the patients who fulfil it. The type is hidden from indexes where they are few
    /// anyway: the server would read all of the type to rule out the others.
    /// </summary>
    public string Patients(string alias) => IsIds
        ? $"SELECT unnest({_parameters.Texts(Ids)})"
        : $"""
           SELECT {alias}.patient FROM resource {alias}
           WHERE {(TokenValues.AreOfFew(_chained) ? $"({alias}.type || '')" : $"{alias}.type")} = 'Patient' AND NOT {alias}.deleted AND {new CriterionSql(alias, "Patient", _parameters, _now).Of(_chained)}
           """;

    /// <summary>Identifiers by which resources are found themselves; a system alone is asked of stored patients only.</summary>
    public PatientIdentifiers Identifiers => PatientValues.Identifiers(_chained is { Parameter.Name: "identifier", Modifier: SearchModifier.None }
        ? [.. _chained.AnyOf.OfType<TokenValue>().Where(value => value.Code is not null)]
        : []);

    /// <summary>Conditions of which one holds, on the row of <paramref name="sql"/>.</summary>
    public IEnumerable<string> Conditions(CriterionSql sql, string patientAlias) =>
    [
        sql.PatientAmong(Patients(patientAlias)),
        .. sql.PatientIdentifiers(Identifiers),
    ];

    /// <summary>Who is known by its id need not be stored here.</summary>
    private bool IsIds => _chained is { Parameter.Name: "_id", Modifier: SearchModifier.None };

    private IEnumerable<string> Ids =>
        _chained.AnyOf.OfType<TokenValue>().Select(value => value.Code).OfType<string>().Distinct().Select(id => $"Patient/{id}");
}
