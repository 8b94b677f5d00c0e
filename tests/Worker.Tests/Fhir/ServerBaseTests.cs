using System.Text;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Tests.Fhir;

public sealed class ServerBaseTests
{
    private static readonly ServerBase Server = new(["https://ecg.example.jp/fhir", "http://127.0.0.1:8080/fhir"]);

    [Theory]
    [InlineData("https://ecg.example.jp/fhir/Patient/x", "Patient/x")]
    [InlineData("HTTPS://ECG.example.jp/fhir/Patient/x", "Patient/x")]
    [InlineData("http://127.0.0.1:8080/fhir/Patient/x/_history/2", "Patient/x/_history/2")]
    [InlineData("https://ecg.example.jp/fhirs/Patient/x", "https://ecg.example.jp/fhirs/Patient/x")]
    [InlineData("http://ecg.example.jp/fhir/Patient/x", "http://ecg.example.jp/fhir/Patient/x")]
    [InlineData("https://ecg.example.jp:444/fhir/Patient/x", "https://ecg.example.jp:444/fhir/Patient/x")]
    [InlineData("https://ecg.example.jp/fhir", "https://ecg.example.jp/fhir")]
    [InlineData("Patient/x", "Patient/x")]
    public void What_lies_below_the_base_is_relative(string url, string expected) => Assert.Equal(expected, Server.Relative(url));

    [Theory]
    [InlineData("""{"subject" : {"reference":"https:\/\/ecg.example.jp\/fhir\/Patient\/x"}, "value": 1.50}""", """{"subject":{"reference":"Patient/x"},"value":1.50}""")]
    [InlineData("""{"a":{"reference":"http://127.0.0.1:8080/fhir/Patient/x"},"valueUri":"http://127.0.0.1:8080/fhir/Patient/x"}""", """{"a":{"reference":"Patient/x"},"valueUri":"http://127.0.0.1:8080/fhir/Patient/x"}""")]
    public void References_to_what_lies_here_become_relative_and_nothing_else_changes(string json, string expected) =>
        Assert.Equal(expected, Text(Server.WithRelativeReferences(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("""{"a" : {"reference":"http://elsewhere/fhir/Patient/x"}}""")]
    [InlineData("""{"a" : {"reference":"http://127.0.0.1:8080/fhir/Patient/"}}""")]
    [InlineData("""{"a" : {"reference":"http://127.0.0.1:8080/fhir/metadata"}}""")]
    [InlineData("""{"a" : {"reference":"http://127.0.0.1:8080/fhir/Patient/x"}""")]
    [InlineData("""{"a" : {"reference":"http://127.0.0.1:8080/fhir/Patient/x"}, "b" : {"reference":"\ud800"}}""")]
    [InlineData("no JSON")]
    public void All_else_stays_byte_for_byte(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Equal(json, Text(Server.WithRelativeReferences(bytes)));
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);
}
