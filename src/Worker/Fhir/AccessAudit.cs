using System.Net;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Auditing;
using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Records who is about to see what, before it is shown: what cannot be recorded is not shown.</summary>
internal sealed class AccessAudit(IAuditLog audit)
{
    private static readonly SearchParameter Entities = SearchParameters.Find(AuditEvents.Type, "patient")!;

    public Task RecordAsync(HttpContext context, string action, string resource, string? patient, int results) =>
        audit.RecordAsync(new AuditRecord(ActorOf(context), action, resource, patient, results), context.RequestAborted);

    /// <summary>Records an access as of every patient that is named in the request, or whose data is shown.</summary>
    /// <param name="context">The request.</param>
    /// <param name="action">What is done.</param>
    /// <param name="resource">On what.</param>
    /// <param name="named">The patients who are asked for, shown or not.</param>
    /// <param name="shown">The resources that are shown.</param>
    /// <param name="results">How many of them count.</param>
    public Task RecordAsync(
        HttpContext context, string action, string resource, IEnumerable<string> named, IEnumerable<StoredResource> shown, int results)
    {
        var patients = named.ToList();
        var unnamed = new List<string>();
        foreach (var one in shown)
        {
            if (PatientOf(one) is { } patient)
            {
                patients.Add(patient);
            }
            else
            {
                unnamed.Add($"{one.Type}/{one.Id}");
            }
        }

        patients = [.. patients.Distinct(StringComparer.Ordinal)];
        var record = new AuditRecord(ActorOf(context), action, resource, patients.FirstOrDefault(), results) { OtherPatients = [.. patients.Skip(1)] };
        return audit.RecordAsync(record, new AuditedResources(unnamed), context.RequestAborted);
    }

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

    /// <summary>The patients that an audit record names by reference.</summary>
    public static IEnumerable<string> PatientsOfRecord(StoredResource record) =>
        JsonReferences.Find(record.Json.Span, Entities).Where(reference => reference.StartsWith("Patient/", StringComparison.Ordinal));
}
