using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Signals.Tests.Fhir;

/// <summary>Observations to vary: a real ECG, and a small one for tests that read it often.</summary>
internal static class Samples
{
    internal static ObservationDetails Details { get; } = new()
    {
        Id = "ecg-1",
        Identifier = new("urn:example:ecg", "CANARY-E1"),
        SubjectReference = "Patient/p1",
        SubjectIdentifier = new("urn:example:patient", "CANARY-P1"),
        SubjectDisplay = "見本 太郎",
        Effective = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(9)),
    };

    /// <summary>Ten samples of twelve leads at 500 Hz, each value exact in every unit.</summary>
    internal static EcgRecording Small { get; } = Create(10, (lead, i) => (((lead * 7) + (i * 3)) % 11) - 5);

    internal static EcgRecording Create(int samples, Func<int, int, double> value, double rate = 500)
    {
        var millivolts = new float[EcgRecording.LeadCount * samples];
        for (var i = 0; i < millivolts.Length; i++)
        {
            millivolts[i] = (float)value(i / samples, i % samples) + 0f;
        }

        return new EcgRecording(rate, samples, millivolts, new HashSet<Lead>());
    }

    internal static JsonObject SmallJson(ObservationFormat? format = null) =>
        JsonNode.Parse(ObservationWriter.Write(Small, Details, format))!.AsObject();

    internal static ReadResult Read(JsonNode json) => ObservationSignalReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString()));

    internal static ReadResult Read(string json) => ObservationSignalReader.Read(Encoding.UTF8.GetBytes(json));

    internal static EcgRecording Accepted(ReadResult result)
    {
        Assert.Empty(result.Reasons);
        return result.Recording!;
    }

    internal static Reason Refused(ReadResult result)
    {
        Assert.Null(result.Recording);
        return result.Reasons[0];
    }

    internal static JsonObject Component(this JsonObject json, int index) => json["component"]!.AsArray()[index]!.AsObject();

    internal static JsonObject Sampled(this JsonObject json, int index) => json.Component(index)["valueSampledData"]!.AsObject();

    internal static JsonObject Coding(this JsonObject json, int index) => json.Component(index)["code"]!["coding"]![0]!.AsObject();
}
