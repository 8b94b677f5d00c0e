using System.Text.Json;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary><c>POST /fhir</c>: a transaction, all of it or nothing, or a batch, each entry by itself.</summary>
internal sealed partial class BundleEndpoint(
    ResourceWrites writes, ConditionReader conditions, EntryGet gets, RefusalAudit refusals, ServerAddresses addresses, IOptions<IntakeOptions> options, TimeProvider time,
    ILogger<BundleEndpoint> logger)
{
    /// <summary>Most entries of a Bundle.</summary>
    public const int MaximumEntries = 1000;

    private const string Bundle = "Bundle";
    private const string Transaction = "transaction";
    private const string Batch = "batch";

    private static readonly string[] Known =
        ["resourceType", "id", "meta", "implicitRules", "language", "identifier", "type", "timestamp", "total", "link", "entry", "signature"];

    /// <summary>Answers a request.</summary>
    public static Task<IResult> AnswerAsync(HttpContext context, BundleEndpoint endpoint) => endpoint.AnswerAsync(context);

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context, Bundle, options.Value.MaxBodyBytes);
        string type;
        IReadOnlyList<BundlePart> parts;
        using (var json = RequestBody.Parse(body, Bundle))
        {
            (type, parts) = ReadBundle(json.RootElement, body, addresses.Of(FhirPaths.BaseUrl(context)));
        }

        var answers = type == Transaction ? await RunTransactionAsync(context, [.. parts.Select(part => part.Whole())]) : await RunBatchAsync(context, parts);
        return FhirResult.Bytes(context, StatusCodes.Status200OK, BundleAnswer.Write(type, answers));
    }

    private static (string Type, IReadOnlyList<BundlePart> Parts) ReadBundle(JsonElement bundle, ReadOnlyMemory<byte> body, ServerBase server)
    {
        if (RequestBody.TypeOf(bundle, Bundle) != Bundle)
        {
            throw new WriteRefusedException(WriteProblems.TypeMismatch.At("Bundle.resourceType"));
        }

        if (bundle.EnumerateObject().Any(member => !Known.Contains(member.Name.TrimStart('_'))))
        {
            throw new WriteRefusedException(WriteProblems.ElementUnknown.At(Bundle));
        }

        var type = RequestBody.Text(bundle, "type", Bundle);
        if (type is not (Transaction or Batch))
        {
            throw new WriteRefusedException(WriteProblems.BundleTypeUnsupported.At("Bundle.type"));
        }

        var entries = bundle.TryGetProperty("entry", out var found) && found.ValueKind == JsonValueKind.Array ? found.GetArrayLength() : 0;
        if (entries > MaximumEntries)
        {
            throw new WriteRefusedException(WriteProblems.BundleTooLarge.At("Bundle.entry", MaximumEntries));
        }

        return (type, entries == 0 ? [] : [.. found.EnumerateArray().Select((entry, i) => BundlePart.Read(entry, i, body, server))]);
    }

    private async Task<IReadOnlyList<EntryAnswer>> RunTransactionAsync(HttpContext context, IReadOnlyList<BundleEntry> entries)
    {
        var server = addresses.Of(FhirPaths.BaseUrl(context));
        var writing = entries.Where(entry => !EntryGet.Takes(entry)).ToList();
        await RequireReadableAsync(context, entries, writing);
        var (operations, links) = TransactionReader.Read(writing, new EntryReader(conditions, time, server), conditions, server);
        var outcomes = operations.Count == 0
            ? []
            : await writes.RunAsync(operations, links, AccessAudit.ActorOf(context), context.RequestAborted);
        var answers = new EntryAnswer[entries.Count];
        for (var i = 0; i < outcomes.Count; i++)
        {
            answers[writing[i].Index] = await AnswerAsync(context, outcomes[i]);
        }

        // Reads come last, and see what was written.
        foreach (var entry in entries.Where(EntryGet.Takes))
        {
            answers[entry.Index] = await gets.AnswerAsync(context, entry);
        }

        return answers;
    }

    /// <summary>
    /// A read that fails makes the whole fail, and writes cannot be taken back once reads see them: so each is looked at before. What
    /// the transaction itself writes is not there yet.
    /// </summary>
    private async Task RequireReadableAsync(HttpContext context, IReadOnlyList<BundleEntry> entries, IReadOnlyList<BundleEntry> writing)
    {
        foreach (var entry in entries.Where(EntryGet.Takes))
        {
            var isWritten = entry.Url.Id is not null && writing.Any(other => other.Url.Type == entry.Url.Type && other.Url.Id == entry.Url.Id);
            if (!isWritten && !await gets.CanAnswerAsync(context, entry))
            {
                throw new WriteRefusedException(WriteProblems.TransactionReadFailed.At($"Bundle.entry[{entry.Index}].request.url"));
            }
        }
    }

    private async Task<IReadOnlyList<EntryAnswer>> RunBatchAsync(HttpContext context, IReadOnlyList<BundlePart> parts)
    {
        var reader = new EntryReader(conditions, time, addresses.Of(FhirPaths.BaseUrl(context)));
        var answers = new List<EntryAnswer>(parts.Count);
        foreach (var part in parts)
        {
            answers.Add(part.Entry is { } entry ? await RunOneAsync(context, entry, reader) : EntryAnswer.Refused(part.Problems));
        }

        return answers;
    }

    private async Task<EntryAnswer> RunOneAsync(HttpContext context, BundleEntry entry, EntryReader reader)
    {
        try
        {
            if (EntryGet.Takes(entry))
            {
                return await gets.AnswerAsync(context, entry);
            }

            var operation = reader.Read(entry, ReferenceScope.Alone);
            var outcomes = await writes.RunAsync([operation], WriteLinks.None, AccessAudit.ActorOf(context), context.RequestAborted);
            return await AnswerAsync(context, outcomes[0]);
        }
        catch (WriteRefusedException e)
        {
            await refusals.RecordAsync(context, entry.Interaction, entry.Url.Type, entry.Url.Id, e.Problems[0].Status);
            return EntryAnswer.Refused(e.Problems);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Others of the batch are written already: their answers must not be lost with this one's.
            var passes = DatabaseFaults.IsTransient(e);
            LogFault(logger, e.GetType().Name, passes);
            return EntryAnswer.Refused([(passes ? FhirProblems.Unavailable : FhirProblems.Internal).At(entry.Place)]);
        }
    }

    private async Task<EntryAnswer> AnswerAsync(HttpContext context, WriteOutcome outcome)
    {
        WriteAnswer.Link(context, outcome);
        return await EntryAnswer.OfAsync(context, outcome, writes);
    }

    [LoggerMessage(4101, LogLevel.Error, "An entry of a batch failed with {Fault} (passing: {Passing})")]
    private static partial void LogFault(ILogger logger, string fault, bool passing);
}
