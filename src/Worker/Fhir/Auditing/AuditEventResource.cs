using System.Globalization;
using System.Text.Json;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir.Auditing;

/// <summary>An audit record as an R4 AuditEvent.</summary>
internal static class AuditEventResource
{
    private const string EventTypes = "http://terminology.hl7.org/CodeSystem/audit-event-type";
    private const string Interactions = "http://hl7.org/fhir/restful-interaction";
    private const string ObjectRoles = "http://terminology.hl7.org/CodeSystem/object-role";
    private const string Success = "0";
    private const string MinorFailure = "4";

    /// <summary>Writes it.</summary>
    public static StoredResource Of(AuditEntry entry)
    {
        var id = entry.Sequence.ToString(CultureInfo.InvariantCulture);
        return new StoredResource(
            AuditEvents.Type, id, 1, entry.At, entry.Record.Patient, FhirResult.Write(writer => Write(writer, id, entry.At, entry.Record)));
    }

    private static void Write(Utf8JsonWriter writer, string id, DateTimeOffset at, AuditRecord record)
    {
        var moment = at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var (asked, refusal) = RefusalAudit.Parse(record.Action);
        var (action, interaction) = CodesOf(asked);
        writer.WriteStartObject();
        writer.WriteString("resourceType", AuditEvents.Type);
        writer.WriteString("id", id);
        writer.WriteStartObject("meta");
        writer.WriteString("versionId", "1");
        writer.WriteString("lastUpdated", moment);
        writer.WriteEndObject();
        WriteCoding(writer, "type", EventTypes, "rest", "RESTful Operation");
        if (interaction is not null)
        {
            writer.WriteStartArray("subtype");
            WriteCoding(writer, null, Interactions, interaction, null);
            writer.WriteEndArray();
        }

        writer.WriteString("action", action);
        writer.WriteString("recorded", moment);
        writer.WriteString("outcome", refusal is null ? Success : MinorFailure);
        if (refusal is not null)
        {
            writer.WriteString("outcomeDesc", $"HTTP {refusal}");
        }

        writer.WriteStartArray("agent");
        writer.WriteStartObject();
        WriteIdentifier(writer, "who", null, record.Actor);
        writer.WriteString("altId", record.Actor);
        writer.WriteString("name", record.Actor);
        writer.WriteBoolean("requestor", true);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartObject("source");
        writer.WriteStartObject("observer");
        writer.WriteString("display", "EcgIntegration");
        writer.WriteEndObject();
        writer.WriteEndObject();
        WriteEntities(writer, record);
        writer.WriteEndObject();
    }

    /// <summary>What was accessed, with how it was named when it was recorded; then whose it is, each patient.</summary>
    private static void WriteEntities(Utf8JsonWriter writer, AuditRecord record)
    {
        writer.WriteStartArray("entity");
        writer.WriteStartObject();
        if (record.Resource.Contains('/', StringComparison.Ordinal))
        {
            WriteReference(writer, record.Resource);
        }

        writer.WriteString("name", record.Resource);
        writer.WriteStartArray("detail");
        WriteDetail(writer, "action", record.Action);
        WriteDetail(writer, "results", record.Results.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndArray();
        writer.WriteEndObject();
        foreach (var patient in record.Patients)
        {
            writer.WriteStartObject();
            var bar = patient.IndexOf('|', StringComparison.Ordinal);
            if (bar < 0)
            {
                WriteReference(writer, patient);
            }
            else
            {
                WriteIdentifier(writer, "what", patient[..bar], patient[(bar + 1)..]);
            }

            WriteCoding(writer, "role", ObjectRoles, "1", "Patient");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>AuditEvent.action, and the interaction where FHIR has one for what was done.</summary>
    private static (string Action, string? Interaction) CodesOf(string action) => action switch
    {
        "read" or "vread" => ("R", action),
        "view" or "export" => ("R", null),
        "search" or "search-type" => ("E", "search-type"),
        "history" => ("R", "history"),
        "history-instance" or "history-type" => ("R", action),
        "transaction" => ("E", action),
        "create" => ("C", action),
        "update" => ("U", action),
        "delete" => ("D", action),
        _ => ("E", null),
    };

    private static void WriteCoding(Utf8JsonWriter writer, string? name, string system, string code, string? display)
    {
        if (name is not null)
        {
            writer.WritePropertyName(name);
        }

        writer.WriteStartObject();
        writer.WriteString("system", system);
        writer.WriteString("code", code);
        if (display is not null)
        {
            writer.WriteString("display", display);
        }

        writer.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter writer, string reference)
    {
        writer.WriteStartObject("what");
        writer.WriteString("reference", reference);
        writer.WriteEndObject();
    }

    private static void WriteIdentifier(Utf8JsonWriter writer, string name, string? system, string value)
    {
        writer.WriteStartObject(name);
        writer.WriteStartObject("identifier");
        if (system is { Length: > 0 })
        {
            writer.WriteString("system", system);
        }

        writer.WriteString("value", value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteDetail(Utf8JsonWriter writer, string type, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteString("valueString", value);
        writer.WriteEndObject();
    }
}
