using System.Reflection;
using System.Text.Json;
using EcgIntegration.Worker.Suggestions.Resources;

namespace EcgIntegration.Worker.Fhir;

/// <summary><c>/fhir/metadata</c>: written from the types and parameters the routes are made from.</summary>
internal static class CapabilityStatement
{
    private static readonly (string Name, string Type, string Documentation)[] SearchParameters =
    [
        ("patient", "reference", "Patient/ID, ID or an absolute reference; exactly one patient. 患者を1人だけ指定します。"),
        ("subject", "reference", "As patient. patientと同じです。"),
        ("patient.identifier", "token", "SYSTEM|VALUE, where the resource names its patient by identifier. 患者識別子で検索します。"),
    ];

    public static ReadOnlyMemory<byte> Write(string fhirBase, DateTimeOffset date) => FhirResult.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "CapabilityStatement");
        writer.WriteString("status", "active");
        writer.WriteString("date", date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("kind", "instance");
        writer.WriteStartObject("software");
        writer.WriteString("name", "EcgIntegration");
        writer.WriteString("version", typeof(CapabilityStatement).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        writer.WriteEndObject();
        writer.WriteStartObject("implementation");
        writer.WriteString("description", "心電図とAI解析補助（未承認・研究用） / ECGs and AI decision support (not approved, for research)");
        writer.WriteString("url", fhirBase);
        writer.WriteEndObject();
        writer.WriteString("fhirVersion", "4.0.1");
        writer.WriteStartArray("format");
        writer.WriteStringValue("application/fhir+json");
        writer.WriteEndArray();
        writer.WriteStartArray("rest");
        writer.WriteStartObject();
        writer.WriteString("mode", "server");
        writer.WriteStartArray("resource");
        foreach (var type in FhirTypes.All)
        {
            WriteType(writer, type);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("operation");
        WriteOperation(
            writer, "replay", FhirUris.ReplayOperation, "POST /fhir/$replay: reads stored ECGs again; answered with 202 and a Task. 保存済みの心電図を再処理します。");
        WriteOperation(
            writer,
            "replay-preview",
            FhirUris.ReplayPreviewOperation,
            "POST /fhir/$replay-preview: what a replay would take, and how long. 再処理の対象と所要時間を表示します。");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteOperation(Utf8JsonWriter writer, string name, string definition, string documentation)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("definition", definition);
        writer.WriteString("documentation", documentation);
        writer.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter writer, FhirType type)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type.Name);
        writer.WriteStartArray("interaction");
        foreach (var code in type.SearchableByPatient ? ["read", "vread", "search-type"] : new[] { "read", "vread" })
        {
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("versioning", "versioned");
        writer.WriteBoolean("readHistory", true);
        if (type.SearchableByPatient)
        {
            writer.WriteStartArray("searchParam");
            foreach (var (name, kind, documentation) in SearchParameters)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("type", kind);
                writer.WriteString("documentation", documentation);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
