using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Signals.Fhir;

/// <summary>Writes an ECG as an Observation of the JP Core electrocardiogram profile, UTF-8 JSON.</summary>
public static class ObservationWriter
{
    private const string Profile = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Observation_Electrocardiogram";
    private const string NumberOfLead = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Observation_Electrocardiogram_NumberOfLead";
    private const string Category = "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the millivolts of a recording as decimals; leads that it lacks are left out.</summary>
    public static byte[] Write(EcgRecording recording, ObservationDetails details, ObservationFormat? format = null)
    {
        ArgumentNullException.ThrowIfNull(recording);
        format ??= ObservationFormat.Default;
        var scale = 1 / format.Unit.ToMillivolts();
        var leads = format.Leads
            .Where(lead => recording[lead].ContainsAnyExcept(float.NaN))
            .Select(lead => new WrittenLead(lead, 0, 1, new Decimals(recording, lead, scale)))
            .ToList();
        return Write(leads, recording.SampleCount, recording.SamplingRate, details, format);
    }

    /// <summary>Writes the recorder's own counts with origin and factor: nothing is lost.</summary>
    /// <exception cref="ArgumentException">
    /// A lead's unit is no voltage, or leads of different gains are to be interlaced, which share one factor.
    /// </exception>
    public static byte[] Write(WfdbRecord record, ObservationDetails details, ObservationFormat? format = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        format ??= ObservationFormat.Default;
        var leads = new List<WrittenLead>();
        foreach (var lead in format.Leads)
        {
            if (record.Signals.FirstOrDefault(signal => string.Equals(signal.Name, lead.Name(), StringComparison.OrdinalIgnoreCase)) is not { } signal)
            {
                continue;
            }

            if (signal.Unit is null || VoltageUnits.ParseLoosely(signal.Unit) is not { } unit)
            {
                throw new ArgumentException($"Lead {lead.Name()} has no unit of voltage.", nameof(record));
            }

            var factor = unit.ToMillivolts() / format.Unit.ToMillivolts() / signal.Gain;
            leads.Add(new WrittenLead(lead, 0 - (signal.Baseline * factor), factor, new Counts(signal)));
        }

        if (format.Interlaced && leads.Any(lead => (lead.Origin, lead.Factor) != (leads[0].Origin, leads[0].Factor)))
        {
            throw new ArgumentException("Leads of different gains cannot be interlaced: they share one factor.", nameof(format));
        }

        return Write(leads, record.SampleCount, record.SamplingRate, details, format);
    }

    private static byte[] Write(List<WrittenLead> leads, int samples, double rate, ObservationDetails details, ObservationFormat format)
    {
        ArgumentNullException.ThrowIfNull(details);
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        WriteHead(json, details);
        json.WriteStartArray("component"u8);
        if (format.Interlaced)
        {
            WriteComponent(json, leads, samples, rate, format);
        }
        else
        {
            foreach (var lead in leads)
            {
                WriteComponent(json, [lead], samples, rate, format);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void WriteHead(Utf8JsonWriter json, ObservationDetails details)
    {
        json.WriteString("resourceType"u8, "Observation"u8);
        WriteOptional(json, "id", details.Id);
        json.WriteStartObject("meta"u8);
        json.WriteStartArray("profile"u8);
        json.WriteStringValue(Profile);
        json.WriteEndArray();
        json.WriteEndObject();

        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, NumberOfLead);
        json.WriteNumber("valueInteger"u8, EcgRecording.LeadCount);
        json.WriteEndObject();
        json.WriteEndArray();

        if (details.Identifier is { } identifier)
        {
            json.WriteStartArray("identifier"u8);
            WriteIdentifier(json, identifier);
            json.WriteEndArray();
        }

        json.WriteString("status"u8, details.Status);
        json.WriteStartArray("category"u8);
        json.WriteStartObject();
        WriteCodings(json, [(Category, "procedure", "Procedure")]);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("code"u8);
        WriteCodings(json, [("http://loinc.org", "11524-6", "EKG Study")]);
        json.WriteString("text"u8, "12誘導心電図"u8);
        json.WriteEndObject();
        WriteSubject(json, details);
        WriteOptional(json, "effectiveDateTime", details.Effective?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        if (details.PerformerDisplay is { } performer)
        {
            json.WriteStartArray("performer"u8);
            json.WriteStartObject();
            json.WriteString("display"u8, performer);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (details.Note is { } note)
        {
            json.WriteStartArray("note"u8);
            json.WriteStartObject();
            json.WriteString("text"u8, note);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (details.DeviceDisplay is { } device)
        {
            json.WriteStartObject("device"u8);
            json.WriteString("display"u8, device);
            json.WriteEndObject();
        }
    }

    private static void WriteSubject(Utf8JsonWriter json, ObservationDetails details)
    {
        if (details is { SubjectReference: null, SubjectIdentifier: null, SubjectDisplay: null })
        {
            return;
        }

        json.WriteStartObject("subject"u8);
        WriteOptional(json, "reference", details.SubjectReference);
        if (details.SubjectIdentifier is { } identifier)
        {
            json.WritePropertyName("identifier"u8);
            WriteIdentifier(json, identifier);
        }

        WriteOptional(json, "display", details.SubjectDisplay);
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, List<WrittenLead> leads, int samples, double rate, ObservationFormat format)
    {
        json.WriteStartObject();
        json.WriteStartObject("code"u8);
        var codings = leads.Select(lead => (format.LeadSystem, lead.Lead.Code(), lead.Lead.ReferenceId()));
        WriteCodings(json, format.Interlaced ? codings.Prepend((format.LeadSystem, LeadCodes.Panel, "MDC_ECG_ELEC_POTL")) : codings);
        json.WriteString("text"u8, string.Join(' ', leads.Select(lead => lead.Lead.Name())));
        json.WriteEndObject();
        json.WriteStartObject("valueSampledData"u8);
        json.WriteStartObject("origin"u8);
        json.WriteNumber("value"u8, leads[0].Origin);
        json.WriteString("unit"u8, format.Unit.Ucum());
        json.WriteString("system"u8, "http://unitsofmeasure.org"u8);
        json.WriteString("code"u8, format.Unit.Ucum());
        json.WriteEndObject();
        json.WriteNumber("period"u8, 1000 / rate);
        json.WriteNumber("factor"u8, leads[0].Factor);
        json.WriteNumber("dimensions"u8, leads.Count);
        WriteData(json, leads, samples);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, List<WrittenLead> leads, int samples)
    {
        const int LongestToken = 32;
        var rented = ArrayPool<byte>.Shared.Rent(checked(leads.Count * samples * LongestToken));
        try
        {
            var length = 0;
            for (var i = 0; i < samples; i++)
            {
                foreach (var lead in leads)
                {
                    length += lead.Values.Format(i, rented.AsSpan(length, LongestToken - 1));
                    rented[length++] = (byte)' ';
                }
            }

            json.WriteString("data"u8, rented.AsSpan(0, Math.Max(0, length - 1)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void WriteCodings(Utf8JsonWriter json, IEnumerable<(string System, string Code, string Display)> codings)
    {
        json.WriteStartArray("coding"u8);
        foreach (var (system, code, display) in codings)
        {
            json.WriteStartObject();
            json.WriteString("system"u8, system);
            json.WriteString("code"u8, code);
            json.WriteString("display"u8, display);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteIdentifier(Utf8JsonWriter json, FhirIdentifier identifier)
    {
        json.WriteStartObject();
        json.WriteString("system"u8, identifier.System);
        json.WriteString("value"u8, identifier.Value);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private sealed record WrittenLead(Lead Lead, double Origin, double Factor, SampleTokens Values);
}
