using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.FhirModel;
using ModelInfo = Hl7.Fhir.Model.ModelInfo;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Makes criteria of a search's parameters.</summary>
internal sealed class CriterionReader(ServerBase server)
{
    private readonly SearchValues _values = new(server);

    /// <summary>Reads one parameter with its values.</summary>
    /// <param name="type">The type searched.</param>
    /// <param name="name">The parameter's name, with modifier and chain.</param>
    /// <param name="value">Its value, with commas and escapes.</param>
    public CriterionReading Read(string type, string name, string value)
    {
        var (criterion, problem) = Read(type, ParameterName.Parse(name), value);
        return new(criterion, problem?.At(ParameterName.Expression(name), ParameterName.Shown(name)));
    }

    private Reading Read(string type, ParameterName name, string value)
    {
        if (SearchParameters.Find(type, name.Name) is not { } parameter)
        {
            return Reading.Unsupported;
        }

        return name.Chained is null ? ReadPlain(parameter, name.Modifier, value)
            : type == AuditEvents.Type ? Reading.Unsupported
            : ReadChained(parameter, name, value);
    }

    /// <summary>One step, to the patient: what there is of other types is found by its own patient.</summary>
    private Reading ReadChained(SearchParameter parameter, ParameterName name, string value)
    {
        const string Target = "Patient";
        if (!parameter.Targets.Contains(Target) || name.Modifier is not (null or Target) || name.Chained is not { Chained: null } chained)
        {
            return Reading.Unsupported;
        }

        var reading = Read(Target, chained, value);
        return reading.Criterion is { } criterion
            ? new(new SearchCriterion(parameter, SearchModifier.None, []) { Chained = criterion }, null)
            : reading;
    }

    private Reading ReadPlain(SearchParameter parameter, string? modifierName, string value)
    {
        if (ReadModifier(parameter, modifierName) is not var (modifier, targetType))
        {
            return Reading.Unsupported;
        }

        var values = new List<SearchValue>();
        foreach (var part in modifier == SearchModifier.Missing ? [value] : SearchText.Split(value, ','))
        {
            if (_values.Read(parameter, modifier, targetType, part) is not { } read)
            {
                return new(null, ProblemOf(parameter, modifier));
            }

            values.Add(read);
        }

        return new(new SearchCriterion(parameter, modifier, values), null);
    }

    private static (SearchModifier Modifier, string? TargetType)? ReadModifier(SearchParameter parameter, string? name) =>
        (name, parameter.Type) switch
        {
            (null, _) => (SearchModifier.None, null),
            ("missing", _) => (SearchModifier.Missing, null),
            ("not", SearchParameterType.Token) => (SearchModifier.Not, null),
            ("exact", SearchParameterType.Text) => (SearchModifier.Exact, null),
            ("contains", SearchParameterType.Text) => (SearchModifier.Contains, null),
            ("identifier", SearchParameterType.Reference) when !parameter.IsUri() => (SearchModifier.Identifier, null),
            (_, SearchParameterType.Reference) when !parameter.IsUri() && IsTargetType(parameter, name) => (SearchModifier.None, name),
            _ => null,
        };

    private static bool IsTargetType(SearchParameter parameter, string name) =>
        parameter.Name == "patient" ? name == "Patient" : ModelInfo.IsKnownResource(name);

    private static ProblemDefinition ProblemOf(SearchParameter parameter, SearchModifier modifier) => (modifier, parameter.Type) switch
    {
        (SearchModifier.Missing, _) => SearchProblems.FlagInvalid,
        (SearchModifier.Identifier, _) or (_, SearchParameterType.Token) => SearchProblems.TokenInvalid,
        (_, SearchParameterType.Reference) => SearchProblems.ReferenceInvalid,
        (_, SearchParameterType.Date) => SearchProblems.DateInvalid,
        _ => SearchProblems.TextInvalid,
    };

    /// <summary>A reading before its parameter is named.</summary>
    private readonly record struct Reading(SearchCriterion? Criterion, ProblemDefinition? Problem)
    {
        public static Reading Unsupported => default;
    }
}

/// <summary>What a parameter was read as: a criterion, or what is wrong with its value; neither where it is not supported.</summary>
internal readonly record struct CriterionReading(SearchCriterion? Criterion, FhirProblem? Problem);
