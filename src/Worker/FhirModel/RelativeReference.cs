using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.FhirModel;

/// <summary>A reference to a resource of this server.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
internal readonly record struct RelativeReference(string Type, string Id)
{
    /// <summary><c>Type/id</c>.</summary>
    public string Key => $"{Type}/{Id}";

    /// <summary>Reads <c>Type/id</c>, with or without a version, which is passed over; <see langword="null"/> for all else.</summary>
    public static RelativeReference? Parse(string reference)
    {
        var parts = reference.Split('/');
        return parts.Length is 2 or 4 && (parts.Length == 2 || parts[2] == "_history") && ResourceId.IsValid(parts[1])
            ? new(parts[0], parts[1])
            : null;
    }
}
