using System.Net;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Records who is about to see what, before it is shown: what cannot be recorded is not shown.</summary>
internal sealed class AccessAudit(IAuditLog audit)
{
    public Task RecordAsync(HttpContext context, string action, string resource, string? patient, int results) =>
        audit.RecordAsync(new AuditRecord(ActorOf(context), action, resource, patient, results), context.RequestAborted);

    /// <summary>Who asks: the authenticated principal, or from where.</summary>
    public static string ActorOf(HttpContext context)
    {
        if (context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name })
        {
            return name;
        }

        var address = context.Connection.RemoteIpAddress;
        return address is null || IPAddress.IsLoopback(address) ? "anonymous@loopback" : $"anonymous@{address}";
    }

    /// <summary>Whose a resource is: a Patient is its own.</summary>
    public static string? PatientOf(StoredResource resource) => resource.Type == "Patient" ? $"Patient/{resource.Id}" : resource.Patient;
}
