using System.Text;
using System.Text.Json;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands.Publishing;

namespace EcgIntegration.Worker.Tests.Commands.Publishing;

public sealed class EventHeadTests
{
    [Fact]
    public void An_observation_names_its_type_and_patient()
    {
        var head = Read("""{"resourceType":"Observation","identifier":[{"value":"1"}],"subject":{"display":"x","reference":"Patient/7"},"device":{"reference":"Device/8"}}""");

        Assert.Equal(new EventHead(null, "Observation", "Patient/7", IsStat: false), head);
    }

    [Fact]
    public void An_event_names_its_id_and_priority_wherever_they_stand()
    {
        var head = Read("""{"observation":{"resourceType":"Observation","eventId":"inner","subject":{"reference":"Patient/7"}},"priority":"stat","eventId":"outer"}""");

        Assert.Equal(new EventHead("outer", null, "Patient/7", IsStat: true), head);
    }

    [Fact]
    public void Depth_is_the_workers_business()
    {
        var deep = new StringBuilder().Append("""{"eventId":"1","x":""").Append('[', 10_000).Append(']', 10_000).Append('}').ToString();

        Assert.Equal("1", Read(deep).EventId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"eventId\":\"1\"")]
    [InlineData("{} {}")]
    [InlineData("not JSON")]
    public void Half_a_file_is_not_JSON(string text) => Assert.ThrowsAny<JsonException>(() => Read(text));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_not_JSON() =>
        Assert.ThrowsAny<JsonException>(() => EventHead.Read([.. "{\"eventId\":\""u8, 0xFF, .. "\"}"u8]));

    [Fact]
    public void A_sample_has_a_patient_to_show() =>
        Assert.Equal("Patient/sample-001", EventHead.Read(File.ReadAllBytes(Repository.File("samples", "ludb-001.json"))).Subject);

    private static EventHead Read(string text) => EventHead.Read(Encoding.UTF8.GetBytes(text));
}
