using System.Globalization;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir.Auditing;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>Read and vread.</summary>
internal static class ReadEndpoints
{
    public static void MapRead(this IEndpointRouteBuilder fhir)
    {
        fhir.MapMethods("{type}/{id}", FhirPaths.ReadMethods, ReadAsync).WithMetadata(new RouteInteraction(FhirTypes.Read));
        fhir.MapMethods("{type}/{id}/_history/{version}", FhirPaths.ReadMethods, ReadVersionAsync)
            .WithMetadata(new RouteInteraction(FhirTypes.ReadVersion));
    }

    /// <summary>Answers with the current version of a stored resource.</summary>
    internal static Task<IResult> ReadAsync(string type, string id, HttpContext context, IFhirStore store, AccessAudit audit) =>
        id is ['_' or '$', ..]
            ? Task.FromResult(UnknownRoutes.Answer(context))
            : AnswerAsync(type, id, context, audit, FhirTypes.Read, view => type == AuditEvents.Type
                ? context.RequestServices.GetRequiredService<AuditEvents>().ReadAsync(id, context.RequestAborted)
                : store.ReadAsync(type, id, view.NeedsSamples(type), context.RequestAborted));

    /// <summary>Answers with one version of a stored resource.</summary>
    internal static Task<IResult> ReadVersionAsync(
        string type, string id, string version, HttpContext context, IFhirStore store, AccessAudit audit) =>
        AnswerAsync(
            type, id, context, audit, FhirTypes.ReadVersion,
            view => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? store.ReadVersionAsync(type, id, number, view.NeedsSamples(type), context.RequestAborted)
                : Task.FromResult<StoredResource?>(null));

    private static async Task<IResult> AnswerAsync(
        string type, string id, HttpContext context, AccessAudit audit, string interaction, Func<ResourceView, Task<StoredResource?>> read)
    {
        if (FhirTypes.Find(type, interaction) is null)
        {
            return UnknownRoutes.NotOffered(context, type);
        }

        if (ReadOptions.Read(type, context.Request, out var problem) is not { } options)
        {
            return FhirResult.Problem(context, problem!);
        }

        if (!ResourceId.IsValid(id) || await read(options.View) is not { } resource)
        {
            return FhirResult.Problem(
                context, FhirProblems.NotFound.At(interaction == FhirTypes.ReadVersion ? $"{type}.meta.versionId" : $"{type}.id"));
        }

        var named = type == AuditEvents.Type ? AccessAudit.PatientsOfRecord(resource) : [];
        await audit.RecordAsync(
            context, interaction, $"{type}/{id}/_history/{resource.Version}", named, [resource], resource.Deleted ? 0 : 1);
        return resource.Deleted
            ? FhirResult.Gone(context, resource)
            : FhirResult.Resource(context, resource, PrettyJson.IfAsked(options.IsPretty, options.View.Show(type, resource.Json)));
    }
}
