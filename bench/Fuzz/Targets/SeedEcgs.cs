using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>Observations to change: the shipped samples, whole and cut to a few samples a lead, and forms that none of them has.</summary>
internal static class SeedEcgs
{
    private const int Kept = 12;

    /// <summary>The repository, or where else the samples lie.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whole ECGs.</summary>
    public static IReadOnlyList<byte[]> Whole { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "samples"), "*.json").Order(StringComparer.Ordinal).Take(8).Select(File.ReadAllBytes)];

    /// <summary>Small ones: structure as in real ones, hardly any signal.</summary>
    public static IReadOnlyList<byte[]> Small { get; } =
    [
        .. Whole.Take(3).Select(Cut),
        Write(new ObservationFormat()),
        Write(new ObservationFormat { Interlaced = true, Unit = VoltageUnit.Microvolt }),
        Write(new ObservationFormat { Leads = [Lead.I, Lead.II, Lead.V1, Lead.V2, Lead.V3, Lead.V4, Lead.V5, Lead.V6], LeadSystem = "urn:iso:std:iso:11073:10101" }),
        WithContainedPatient(Cut(Whole[0])),
    ];

    /// <summary>Events that carry them.</summary>
    public static IReadOnlyList<byte[]> SmallEvents { get; } =
    [
        .. Small.Select(Event),
        """{"eventId":"7f1d1b5e-0000-4000-8000-000000000001","sourceSystem":"cart","occurredAt":"2026-04-01T09:30:00+09:00","priority":"stat","reference":"Observation/ecg-1"}"""u8.ToArray(),
    ];

    /// <summary>An event that carries an Observation.</summary>
    public static byte[] Event(byte[] observation) =>
    [
        .. """{"eventId":"7f1d1b5e-0000-4000-8000-000000000001","sourceSystem":"cart","occurredAt":"2026-04-01T09:30:00+09:00","priority":"routine","observation":"""u8,
        .. observation,
        .. "}"u8,
    ];

    private static byte[] Cut(byte[] observation)
    {
        var json = JsonNode.Parse(observation)!;
        foreach (var component in json["component"]!.AsArray())
        {
            if (component!["valueSampledData"] is JsonObject sampled)
            {
                sampled["data"] = string.Join(' ', ((string)sampled["data"]!).Split(' ').Take(Kept));
            }
        }

        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static byte[] Write(ObservationFormat format)
    {
        var samples = new float[EcgRecording.LeadCount * Kept];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = ((i * 7) % 11) - 5;
        }

        return ObservationWriter.Write(
            new EcgRecording(500, Kept, samples, new HashSet<Lead>()),
            new ObservationDetails { Id = "ecg-1", SubjectReference = "Patient/p1", Effective = DateTimeOffset.UnixEpoch },
            format);
    }

    private static byte[] WithContainedPatient(byte[] observation)
    {
        var json = JsonNode.Parse(observation)!;
        json["contained"] = JsonNode.Parse("""[{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:x","value":"1"}]}]""");
        json["subject"] = JsonNode.Parse("""{"reference":"#p"}""");
        json["effectiveDateTime"] = null;
        json.AsObject().Remove("effectiveDateTime");
        json["effectivePeriod"] = JsonNode.Parse("""{"start":"2026-01-01","end":"2026-01-02"}""");
        json["encounter"] = JsonNode.Parse("""{"reference":"Encounter/1"}""");
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EcgIntegration.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The fuzz program runs inside the repository: its inputs are there.");
        }

        return folder;
    }
}
