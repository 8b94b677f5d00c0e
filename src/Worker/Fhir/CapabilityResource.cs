using System.Text.Json;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Search;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Utility;
using ModelInfo = Hl7.Fhir.Model.ModelInfo;

namespace EcgIntegration.Worker.Fhir;

/// <summary>What the capability statement says of one resource type.</summary>
internal static class CapabilityResource
{
    private const string Definitions = "http://hl7.org/fhir/SearchParameter/";

    /// <summary>
    /// Relative references and identifiers. Not <c>enforced</c>: what is referred to need not be stored here, since a cart names
    /// patients whom the EHR has.
    /// </summary>
    private static readonly string[] ReferencePolicy = ["literal", "logical"];

    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter writer, FhirType type)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type.Name);
        WriteInteractions(writer, type.Interactions);
        writer.WriteString("versioning", type.Offers(FhirTypes.ReadVersion) ? "versioned" : "no-version");
        writer.WriteBoolean("readHistory", type.Offers(FhirTypes.ReadVersion));
        if (type.Offers(FhirTypes.Read))
        {
            writer.WriteString("conditionalRead", "full-support");
        }

        if (type.Offers(FhirTypes.Create))
        {
            writer.WriteBoolean("updateCreate", true);
            writer.WriteBoolean("conditionalCreate", true);
            WriteNames(writer, "referencePolicy", ReferencePolicy);
        }

        if (type.Offers(FhirTypes.Search))
        {
            WriteSearch(writer, type.Name);
        }

        if (type.Name == "DiagnosticReport")
        {
            WriteSigning(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteSigning(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("operation");
        writer.WriteStartObject();
        writer.WriteString("name", "sign");
        writer.WriteString("definition", FhirUris.SignOperation);
        writer.WriteString(
            "documentation",
            "POST /fhir/DiagnosticReport/ID/$sign with If-Match: a physician settles a preliminary report; parameters practitioner and conclusion. "
            + "医師が暫定報告書を確定します。");
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    /// <summary>Writes the member <c>interaction</c>.</summary>
    public static void WriteInteractions(Utf8JsonWriter writer, IEnumerable<string> interactions)
    {
        writer.WriteStartArray("interaction");
        foreach (var code in interactions)
        {
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSearch(Utf8JsonWriter writer, string type)
    {
        WriteNames(writer, "searchInclude", Followed(type));
        WriteNames(
            writer,
            "searchRevInclude",
            FhirTypes.All.Where(source => ReferenceParameters.IsFollowedBack(source.Name)).SelectMany(source => Followed(source.Name, type)));
        writer.WriteStartArray("searchParam");
        foreach (var parameter in SearchParameters.Of(type))
        {
            WriteParameter(writer, type, parameter);
        }

        writer.WriteEndArray();
    }

    /// <summary>The references of a type that can be followed, to any type or to one.</summary>
    private static IEnumerable<string> Followed(string source, string? target = null) => SearchParameters.Of(source)
        .Where(parameter => parameter.IsFollowed() && (target is null || parameter.CanReferTo(target)))
        .Select(parameter => $"{source}:{parameter.Name}");

    private static void WriteNames(Utf8JsonWriter writer, string member, IEnumerable<string> names)
    {
        var list = names.ToList();
        if (list.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(member);
        list.ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
    }

    private static void WriteParameter(Utf8JsonWriter writer, string type, SearchParameter parameter)
    {
        var (definition, kind) = StandardOf(type, parameter);
        writer.WriteStartObject();
        writer.WriteString("name", parameter.Name);
        writer.WriteString("definition", Definitions + definition);
        writer.WriteString("type", kind);
        if (DocumentationOf(parameter) is { Length: > 0 } documentation)
        {
            writer.WriteString("documentation", documentation);
        }

        writer.WriteEndObject();
    }

    /// <summary>R4 has no element for what can be sorted by.</summary>
    private static string DocumentationOf(SearchParameter parameter) =>
        parameter is { IsSortable: true, Documentation: "" } ? $"_sort={parameter.Name}." : parameter.Documentation;

    /// <summary>Name and type in the standard, so that a client can look up what is meant. Firely's list lacks those that all types have.</summary>
    private static (string Definition, string Kind) StandardOf(string type, SearchParameter parameter)
    {
        if (parameter.Name is ['_', .. var common])
        {
            return ("Resource-" + common, parameter.IsUri() ? "uri" : parameter.Type.ToString().ToLowerInvariant());
        }

        var standard = ModelInfo.SearchParameters.First(known => known.Name == parameter.Name && known.Resource == type);
        return (standard.Url![Definitions.Length..], standard.Type.GetLiteral()!);
    }
}
