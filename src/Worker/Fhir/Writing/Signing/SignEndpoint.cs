using EcgIntegration.Worker.Intake;
using Hl7.Fhir.Model;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Fhir.Writing.Signing;

/// <summary><c>POST /fhir/DiagnosticReport/{id}/$sign</c>: a physician settles a preliminary report.</summary>
internal static class SignEndpoint
{
    /// <summary>Answers with the signed report.</summary>
    public static async Task<IResult> AnswerAsync(string id, HttpContext context, ReportSigning signing, IOptions<IntakeOptions> options)
    {
        var body = await RequestBody.ReadAsync(context, nameof(Parameters), options.Value.MaxBodyBytes);
        RequestBody.Parse(body, nameof(Parameters)).Dispose();
        RequestBody.RequireText(body.Span, nameof(Parameters), default);
        var parameters = SignParameters.Read(body);
        var version = VersionMatch.Read(context.Request.Headers.IfMatch, "http.If-Match");
        var report = await signing.SignAsync(id, version, parameters, AccessAudit.ActorOf(context), context.RequestAborted);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = FhirResult.EntityTag(report.Version);
        headers.LastModified = report.LastUpdated;
        return FhirResult.Bytes(context, StatusCodes.Status200OK, report.Json);
    }
}
