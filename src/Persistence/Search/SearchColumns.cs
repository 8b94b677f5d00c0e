using static EcgIntegration.Persistence.Search.SearchParameterType;

namespace EcgIntegration.Persistence.Search;

/// <summary>Where a search parameter's values lie.</summary>
internal enum IndexColumn
{
    /// <summary>Among the tokens.</summary>
    Tokens,

    /// <summary><c>id</c>.</summary>
    Id,

    /// <summary><c>last_updated</c>.</summary>
    LastUpdated,

    /// <summary><c>patient</c> and <c>patient_identifier</c> alone.</summary>
    Patient,

    /// <summary><c>status</c>.</summary>
    Status,

    /// <summary><c>priority</c>.</summary>
    Priority,

    /// <summary><c>date</c> and <c>date_end</c>.</summary>
    Date,

    /// <summary><c>stamped</c> and <c>stamped_end</c>.</summary>
    Stamped,

    /// <summary>The table of texts.</summary>
    Text,
}

/// <summary>Which column serves which parameter.</summary>
internal static class SearchColumns
{
    /// <summary>Dates that are not the type's first.</summary>
    private static readonly string[] SecondDates = ["issued", "modified"];

    public static IndexColumn Column(this SearchParameter parameter) => parameter switch
    {
        { Name: "_id" } => IndexColumn.Id,
        { Name: "_lastUpdated" } => IndexColumn.LastUpdated,
        { Name: "patient", Type: Reference } => IndexColumn.Patient,
        { Name: "status", Type: Token } => IndexColumn.Status,
        { Name: "priority", Type: Token } => IndexColumn.Priority,
        { Type: Date } => SecondDates.Contains(parameter.Name) ? IndexColumn.Stamped : IndexColumn.Date,
        { Type: Text } => IndexColumn.Text,
        _ => IndexColumn.Tokens,
    };

    /// <summary>Whether a parameter refers to the patient, for whom there are columns.</summary>
    public static bool IsOfPatient(this SearchParameter parameter) => parameter is { Type: Reference, Targets: ["Patient"] };
}
