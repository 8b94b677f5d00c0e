using System.Text;

namespace EcgIntegration.Fuzz.Mutations;

/// <summary>What is put into an input: values at the edges of what JSON, FHIR and this product know.</summary>
internal static class Pieces
{
    public static readonly byte[][] Values = Encode(
        "null", "true", "false", "0", "-0", "-1", "1", "2", "12", "1e999", "-1e999", "1e-400", "1e5", "4e-2", "1.0000000000000000000001",
        "2147483648", "-2147483649", "99999999999999999999999", "0.00", "\"\"", "\" \"", "\"\\ud800\"", "\"\\u0000\"", "\"\\u0001\"", "\"\\/\"", "\"\uFEFF\"",
        "[]", "{}", "[[]]", "[{}]", "[null]", "{\"\":{}}", "{\"a\":[]}", "\"E\"", "\"E L U 1\"", "\"1 2 3\"", "\"1e400 1\"", "\"  1  \"",
        "\"Observation\"", "\"Patient\"", "\"Bundle\"", "\"#p\"", "\"#\"", "\"Patient/p\"", "\"Patient/p|1\"", "\"urn:uuid:0\"", "\"http://\"", "\"Device/1\"",
        "\"mV\"", "\"uV\"", "\"\u00b5V\"", "\"V\"", "\"kV\"", "\"131329\"", "\"131330\"", "\"131328\"", "\"131336\"",
        "\"urn:oid:2.16.840.1.113883.6.24\"", "\"urn:iso:std:iso:11073:10101\"", "\"http://unitsofmeasure.org\"",
        "\"final\"", "\"entered-in-error\"", "\"cancelled\"", "\"stat\"", "\"routine\"", "\"2026-01-01T00:00:00+09:00\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"9999-12-31T23:59:59-12:00\"", "\"2026\"", "\"00000000-0000-0000-0000-000000000000\"", "\"{7f1d1b5e-0000-4000-8000-000000000001}\"",
        "{\"resourceType\":\"Patient\",\"id\":\"p\",\"identifier\":[{\"value\":\"1\"}]}", "{\"resourceType\":\"Binary\",\"data\":\"AA==\"}",
        "{\"value\":0,\"code\":\"mV\",\"system\":\"http://unitsofmeasure.org\"}", "{\"reference\":\"#p\"}", "{\"coding\":[]}");

    public static readonly byte[][] Names = Encode(
        "data", "dimensions", "origin", "period", "factor", "interval", "intervalUnit", "lowerLimit", "component", "code", "coding", "system", "subject",
        "reference", "identifier", "contained", "eventId", "observation", "priority", "sourceSystem", "occurredAt", "valueSampledData", "valueQuantity",
        "valueString", "dataAbsentReason", "implicitRules", "id", "meta", "versionId", "lastUpdated", "resourceType", "status", "effectiveDateTime",
        "effectivePeriod", "encounter", "extension", "_status", "unit", "value", "\\u0065ventId", "\\ud800", "\\u0000", "x\\u001fy", "", "urgency", "class",
        "files", "labels", "abstention", "logitScale", "threshold", "embeddingWidth", "format", "modelSha256");

    public static readonly byte[][] Fragments = Encode(
        "{", "}", "[", "]", "\"", ",", ":", "\\", "\\u", "\u0000", "\n", "\r\n", "\t", " ", "\uFEFF", "e", "E", "-", "+", ".", "/", "%", "=", "&", "|", "#", "(", ")",
        "null", "NaN", "Infinity", "1e999", "0x1", "16", "212", "16x2", "16:1", "16+24", "16+999999", "1000(0)/mV", "1(-2147483648)", "0(5)/", "1e-320/mV", "-1/uV",
        "999999999", "4294967296", "-", "..", "../x", "/etc/passwd", "\u0000.dat", "rec.dat", "patient=", "patient.identifier=", "_count=", "_cursor=", "_sort=-date",
        "%00", "%ff", "%E3%81", "+", "AAAAAAAAAAAAAAAA", "Patient/", "x-death", "\"eventId\":", "見本", "𝄞");

    private static byte[][] Encode(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
