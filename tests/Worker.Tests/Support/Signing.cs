using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>A physician's signature, as a client gives it.</summary>
internal static class Signing
{
    private const string Parameters =
        """
        {"resourceType": "Parameters", "parameter": [
          {"name": "practitioner", "valueReference": {"reference": "Practitioner/signer"}},
          {"name": "conclusion", "valueString": "判読済み。"}]}
        """;

    /// <summary>Signs the current version of a report.</summary>
    public static async Task SignAsync(HttpClient http, string report)
    {
        using var read = await http.GetAsync(new Uri($"/fhir/{report}", UriKind.Relative), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/fhir/{report}/$sign");
        request.Headers.IfMatch.Add(read.Headers.ETag!);
        request.Content = new StringContent(Parameters, Encoding.UTF8, new MediaTypeHeaderValue("application/fhir+json"));
        using var signed = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, signed.StatusCode);
    }
}
