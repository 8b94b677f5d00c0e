using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary>Turns entries into writes.</summary>
/// <param name="conditions">Reads conditions.</param>
/// <param name="time">Clock, for new ids.</param>
/// <param name="server">This server's base URLs.</param>
internal sealed class EntryReader(ConditionReader conditions, TimeProvider time, ServerBase server)
{
    /// <summary>The write of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="scope">What its references may lead to beside stored resources.</param>
    /// <exception cref="WriteRefusedException">It is not valid.</exception>
    public WriteOperation Read(BundleEntry entry, ReferenceScope scope)
    {
        var (kind, interaction) = entry.Method switch
        {
            "POST" => (WriteKind.Create, FhirTypes.Create),
            "PUT" => (WriteKind.Update, FhirTypes.Update),
            _ => (WriteKind.Delete, FhirTypes.Delete),
        };
        var url = entry.Url;
        var place = $"{entry.Place}.request.url";
        if (FhirTypes.Find(url.Type, interaction) is null || url.Query is not null || url.Version is not null
            || (kind == WriteKind.Create) != (url.Id is null))
        {
            throw new WriteRefusedException(
                url.Query is null && FhirTypes.Find(url.Type) is not null
                    ? WriteProblems.InteractionUnsupported.At(place)
                    : WriteProblems.BundleEntryInvalid.At(place, "request.url"));
        }

        if (url.Id is not null && !ResourceId.IsValid(url.Id))
        {
            throw new WriteRefusedException(WriteProblems.IdInvalid.At(place));
        }

        var operation = new WriteOperation(kind, url.Type, url.Id ?? WriteEndpoints.NewId(time))
        {
            Place = new ElementPlace($"{entry.Place}.resource"),
            FullUrl = entry.FullUrl,
            IfMatch = VersionMatch.Read(entry.IfMatch, $"{entry.Place}.request.ifMatch"),
            IfNoneExist = kind == WriteKind.Create && entry.IfNoneExist is { } condition
                ? conditions.Read(url.Type, condition, server, $"{entry.Place}.request.ifNoneExist")
                : null,
        };
        return kind == WriteKind.Delete ? operation : WithResource(operation, entry, scope);
    }

    private WriteOperation WithResource(WriteOperation operation, BundleEntry entry, ReferenceScope scope)
    {
        if (entry.Resource.IsEmpty)
        {
            throw new WriteRefusedException(WriteProblems.BundleEntryInvalid.At(entry.Place, "resource"));
        }

        RequestBody.RequireText(entry.Resource.Span, operation.Type, operation.Place);
        var json = server.WithRelativeReferences(entry.Resource);
        operation = operation with
        {
            Json = json,
            Resource = ResourceValidator.Read(json, operation.Type, operation.Place, scope),
        };
        return operation.Kind == WriteKind.Create || operation.Resource.Id == operation.Id
            ? operation
            : throw new WriteRefusedException(WriteProblems.IdMismatch.At(operation.Place.Of($"{operation.Type}.id")));
    }
}
