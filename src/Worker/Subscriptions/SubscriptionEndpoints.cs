using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Subscriptions;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary><c>GET /fhir/Subscription/{id}/$status</c>: how a subscription stands.</summary>
internal static class SubscriptionEndpoints
{
    public static void MapSubscriptions(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGroup(FhirPaths.Base).AddEndpointFilter<FhirFaultFilter>().MapMethods("Subscription/{id}/$status", FhirPaths.ReadMethods, StatusAsync);

    private static async Task<IResult> StatusAsync(
        string id, HttpContext context, ISubscriptionWork work, IFhirStore store, ServerAddresses addresses, AccessAudit audit)
    {
        if (!ResourceId.IsValid(id) || await work.FindAsync(id, context.RequestAborted) is not { } state)
        {
            return FhirResult.Problem(context, FhirProblems.NotFound.At("Subscription.id"));
        }

        if (await store.ReadAsync("Subscription", id, withSamples: false, context.RequestAborted) is { Deleted: true } deleted)
        {
            return FhirResult.Gone(context, deleted);
        }

        await audit.RecordAsync(context, "read", $"Subscription/{id}/$status", patient: null, results: 1);
        var notification = new Notification(addresses.Public);
        return FhirResult.Bytes(context, StatusCodes.Status200OK, FhirResult.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Bundle");
            writer.WriteString("type", "searchset");
            writer.WriteStartArray("entry");
            writer.WriteStartObject();
            writer.WriteString("fullUrl", $"urn:uuid:{Guid.NewGuid():D}");
            writer.WritePropertyName("resource");
            notification.WriteStatus(writer, state.Id, state.Status, "query-status", state.Events, happened: null);
            writer.WriteStartObject("search");
            writer.WriteString("mode", "match");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }));
    }
}
