using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Seeding;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Commands.Seeding;

/// <summary>Samples on the way that every ECG goes, once, for an ECG and a patient that each copy replaces by its own.</summary>
internal static class SeedTemplates
{
    /// <summary>Places are found as they are written: no sign may be escaped.</summary>
    private static readonly JsonSerializerOptions Verbatim = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes a template of each sample.</summary>
    public static async Task<IReadOnlyList<SeedTemplate>> MakeAsync(LoadedModel model, string folder, CancellationToken cancellationToken)
    {
        var templates = new List<SeedTemplate>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var ecg = Anonymous(await File.ReadAllBytesAsync(path, cancellationToken));
            if (!IncomingEcg.TryRead(ecg, out var incoming, out _))
            {
                throw new CommandException($"The sample {Path.GetFileName(path)} is not a valid ECG: restore samples/ from the repository.");
            }

            var analysis = await EcgAnalyser.AnalyseAsync(
                model, incoming.Recording, SeedPlaces.Priority, WindowPriority.Foreground, cancellationToken);
            templates.Add(new SeedTemplate(ecg, incoming.Recording.ComputeSha256(), model.Sha256, Complete(model, incoming, analysis)));
        }

        return templates.Count > 0 ? templates : throw new CommandException($"There are no samples in {folder}: restore it from the repository.");
    }

    private static StudyCompletion Complete(LoadedModel model, IncomingEcg ecg, EcgAnalysis analysis)
    {
        var composed = new FhirComposer(new SuggestionOptions()).Compose(new ComposeRequest(
            SeedPlaces.StudyId,
            model.Info,
            analysis.Execution,
            SeedPlaces.ObservationId,
            ObservationVersion: 1,
            ecg.Envelope.Subject,
            ecg.Envelope.Effective,
            ecg.Envelope.Encounter,
            analysis.Verdict,
            SeedPlaces.Made,
            SeedPlaces.Priority));
        return analysis.CompletionWith(composed);
    }

    private static byte[] Anonymous(byte[] sample)
    {
        var ecg = JsonNode.Parse(sample)!.AsObject();
        ecg["id"] = SeedPlaces.ObservationId;
        ecg["subject"] = new JsonObject { ["reference"] = $"Patient/{SeedPlaces.PatientId}" };
        ecg["effectiveDateTime"] = SeedPlaces.Recorded.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        ecg["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:ecg-integration:seed", ["value"] = SeedPlaces.ObservationId });
        ecg.Remove("performer");
        return Encoding.UTF8.GetBytes(ecg.ToJsonString(Verbatim));
    }
}
