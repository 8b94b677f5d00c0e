using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.Fhir.Writing.Bundles;
using EcgIntegration.Worker.Fhir.Writing.Signing;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>Create, update and delete, Bundles, and the physician's signature.</summary>
internal static class WriteEndpoints
{
    private const string IfMatchPlace = "http.If-Match";
    private const string IfNoneExist = "If-None-Exist";

    /// <summary>Maps them.</summary>
    public static void MapWriting(this IEndpointRouteBuilder fhir)
    {
        var writing = fhir.MapGroup("").AddEndpointFilter<RefusalFilter>();
        writing.MapPost("{type}", CreateAsync).WithMetadata(new RouteInteraction(FhirTypes.Create));
        writing.MapPut("{type}/{id}", UpdateAsync).WithMetadata(new RouteInteraction(FhirTypes.Update));
        writing.MapDelete("{type}/{id}", DeleteAsync).WithMetadata(new RouteInteraction(FhirTypes.Delete));
        writing.MapPost("", BundleEndpoint.AnswerAsync).WithMetadata(new RouteInteraction("transaction") { Type = RefusalAudit.Bundle });
        writing.MapPost("DiagnosticReport/{id}/$sign", SignEndpoint.AnswerAsync)
            .WithMetadata(new RouteInteraction("sign") { Type = "DiagnosticReport" });
    }

    private static async Task<IResult> CreateAsync(
        string type, HttpContext context, ResourceWrites writes, ConditionReader conditions, ServerAddresses addresses, IOptions<IntakeOptions> options, TimeProvider time)
    {
        if (FhirTypes.Find(type, FhirTypes.Create) is null)
        {
            return UnknownRoutes.Answer(context);
        }

        var operation = await ReadAsync(new(WriteKind.Create, type, NewId(time)), context, addresses.Of(FhirPaths.BaseUrl(context)), options.Value.MaxBodyBytes);
        if (context.Request.Headers.TryGetValue(IfNoneExist, out var condition))
        {
            // One that is empty is a condition that got lost, not none.
            operation = operation with { IfNoneExist = conditions.Read(type, condition.ToString(), addresses.Of(FhirPaths.BaseUrl(context)), "http." + IfNoneExist) };
        }

        return await RunAsync(operation, context, writes);
    }

    private static async Task<IResult> UpdateAsync(
        string type, string id, HttpContext context, ResourceWrites writes, ServerAddresses addresses, IOptions<IntakeOptions> options)
    {
        if (FhirTypes.Find(type, FhirTypes.Update) is null || IsRoute(id))
        {
            return UnknownRoutes.Answer(context);
        }

        RequireId(type, id);
        var operation = await ReadAsync(
            new(WriteKind.Update, type, id)
            {
                IfMatch = VersionMatch.Read(context.Request.Headers.IfMatch, IfMatchPlace),
                OnlyIfNew = context.Request.Headers.IfNoneMatch == "*",
            },
            context,
            addresses.Of(FhirPaths.BaseUrl(context)),
            options.Value.MaxBodyBytes);
        return operation.Resource!.Id == id
            ? await RunAsync(operation, context, writes)
            : throw new WriteRefusedException(WriteProblems.IdMismatch.At($"{type}.id"));
    }

    private static async Task<IResult> DeleteAsync(string type, string id, HttpContext context, ResourceWrites writes)
    {
        if (FhirTypes.Find(type, FhirTypes.Delete) is null || IsRoute(id))
        {
            return UnknownRoutes.Answer(context);
        }

        RequireId(type, id);
        return await RunAsync(
            new(WriteKind.Delete, type, id) { IfMatch = VersionMatch.Read(context.Request.Headers.IfMatch, IfMatchPlace) }, context, writes);
    }

    /// <summary><c>_history</c> and <c>$operations</c> are routes, never ids.</summary>
    private static bool IsRoute(string id) => id is ['_' or '$', ..];

    /// <summary>An id that nothing has; ids of one time lie together in the index.</summary>
    internal static string NewId(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    private static async Task<WriteOperation> ReadAsync(WriteOperation operation, HttpContext context, ServerBase server, int mostBytes)
    {
        var body = await RequestBody.ReadAsync(context, operation.Type, mostBytes);
        using (var json = RequestBody.Parse(body, operation.Type))
        {
            if (RequestBody.TypeOf(json.RootElement, operation.Type) != operation.Type)
            {
                throw new WriteRefusedException(WriteProblems.TypeMismatch.At($"{operation.Type}.resourceType"));
            }
        }

        RequestBody.RequireText(body.Span, operation.Type, default);
        body = server.WithRelativeReferences(body);
        return operation with { Json = body, Resource = ResourceValidator.Read(body, operation.Type, default, ReferenceScope.Alone) };
    }

    private static async Task<IResult> RunAsync(WriteOperation operation, HttpContext context, ResourceWrites writes)
    {
        var outcomes = await writes.RunAsync([operation], WriteLinks.None, AccessAudit.ActorOf(context), context.RequestAborted);
        return await WriteAnswer.OfAsync(context, outcomes[0], writes);
    }

    private static void RequireId(string type, string id)
    {
        if (!ResourceId.IsValid(id))
        {
            throw new WriteRefusedException(WriteProblems.IdInvalid.At($"{type}.id"));
        }
    }
}
