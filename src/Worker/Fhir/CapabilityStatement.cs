using System.Globalization;
using System.Reflection;
using System.Text.Json;
using EcgIntegration.Worker.Terminology;

namespace EcgIntegration.Worker.Fhir;

/// <summary><c>/fhir/metadata</c>: written from the types, interactions and parameters that the routes are made from.</summary>
internal static class CapabilityStatement
{
    private static readonly string[] Formats = ["json", "application/fhir+json", "application/json"];

    public static ReadOnlyMemory<byte> Write(string baseUrl, DateTimeOffset date) => FhirResult.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "CapabilityStatement");
        writer.WriteString("name", "EcgIntegration");
        writer.WriteString("status", "active");
        writer.WriteString("date", date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("kind", "instance");
        writer.WriteStartObject("software");
        writer.WriteString("name", "EcgIntegration");
        writer.WriteString(
            "version", typeof(CapabilityStatement).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        writer.WriteEndObject();
        writer.WriteStartObject("implementation");
        writer.WriteString("description", "心電図とAI解析補助（未承認・研究用） / ECGs and AI decision support (not approved, for research)");
        writer.WriteString("url", baseUrl);
        writer.WriteEndObject();
        writer.WriteString("fhirVersion", "4.0.1");
        writer.WriteStartArray("format");
        foreach (var format in Formats)
        {
            writer.WriteStringValue(format);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("rest");
        WriteRest(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteRest(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mode", "server");
        writer.WriteString(
            "documentation",
            "検索パラメータのほか、_include、_revinclude、_sort、_count、_summary、_elements、_total、_format、_prettyに対応。未対応のものは無視してOperationOutcomeで示し、"
            + "Prefer: handling=strict では400を返します。 / Beside the search parameters: _include, _revinclude, _sort, _count, _summary, _elements, "
            + "_total, _format, _pretty. What is not supported is left out and said in an OperationOutcome, or 400 under Prefer: handling=strict.");
        writer.WriteStartObject("security");
        writer.WriteString(
            "description",
            "トークンを設定した場合は Authorization: Bearer（またはBasicのパスワード）が必要です。ループバック以外では必須です。 / Where a token is configured, "
            + "and always beyond loopback, every request carries it: Authorization: Bearer, or Basic with the token as the password.");
        writer.WriteEndObject();
        writer.WriteStartArray("resource");
        foreach (var type in FhirTypes.All)
        {
            CapabilityResource.Write(writer, type);
        }

        writer.WriteEndArray();
        if (FhirTypes.SystemInteractions.Count > 0)
        {
            CapabilityResource.WriteInteractions(writer, FhirTypes.SystemInteractions);
        }

        writer.WriteStartArray("operation");
        writer.WriteStartObject();
        writer.WriteString("name", "replay");
        writer.WriteString("definition", FhirUris.ReplayOperation);
        writer.WriteString("documentation", "POST /fhir/$replay: reads stored ECGs again; answered with 202 and a Task. 保存済みの心電図を再処理します。");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
