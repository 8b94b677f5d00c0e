using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Worker.Subscriptions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Tests.Subscriptions;

public sealed class SubscriptionRulesTests
{
    private const string Good =
        """
        {"resourceType": "Subscription", "status": "requested", "reason": "ward", "criteria": "urn:ecg-integration:topic:urgent-report",
         "channel": {"type": "rest-hook", "endpoint": "https://ehr.example/notify", "payload": "application/fhir+json",
          "_payload": {"extension": [{"url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content", "valueCode": "id-only"}]}}}
        """;

    [Fact]
    public void A_subscription_of_the_backport_is_taken() => Assert.Empty(Check(_ => { }));

    [Fact]
    public void So_is_one_that_ends_it_and_one_that_leaves_the_payload_out()
    {
        Assert.Empty(Check(subscription => subscription["status"] = "off"));
        Assert.Empty(Check(subscription =>
        {
            subscription["channel"]!.AsObject().Remove("payload");
            subscription["channel"]!.AsObject().Remove("_payload");
        }));
    }

    [Theory]
    [InlineData("criteria", "Observation?code=1", "subscription-topic-unknown")]
    [InlineData("status", "active", "subscription-status-invalid")]
    [InlineData("status", "error", "subscription-status-invalid")]
    [InlineData("end", "2020-01-01T00:00:00Z", "subscription-end-not-taken")]
    [InlineData("channel.type", "email", "subscription-channel-unsupported")]
    [InlineData("channel.endpoint", "http://169.254.169.254/latest", "subscription-endpoint-not-allowed")]
    [InlineData("channel.header", "Authorization: Bearer x", "subscription-header-not-taken")]
    [InlineData("channel.payload", "application/fhir+xml", "subscription-payload-unsupported")]
    public void Whatever_else_it_asks_for_is_refused_with_its_place(string place, string value, string code)
    {
        var reason = Assert.Single(Check(subscription =>
        {
            var at = place.StartsWith("channel.", StringComparison.Ordinal) ? subscription["channel"]!.AsObject() : subscription;
            at[place.Split('.')[^1]] = place == "channel.header" ? new JsonArray(value) : value;
        }));

        Assert.Equal((code, "Subscription." + place), (reason.Code, reason.Where));
    }

    [Fact]
    public void No_notification_ever_carries_a_resource()
    {
        var reason = Assert.Single(Check(subscription => subscription["channel"]!["_payload"]!["extension"]![0]!["valueCode"] = "full-resource"));

        Assert.Equal("subscription-payload-unsupported", reason.Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"channel": 7, "criteria": [], "status": null}""")]
    public void What_lacks_everything_is_refused_too(string json) =>
        Assert.True(Rules().Check(Encoding.UTF8.GetBytes(json)).Count >= 4);

    private static IReadOnlyList<Contracts.Reason> Check(Action<JsonObject> change)
    {
        var subscription = JsonNode.Parse(Good)!.AsObject();
        change(subscription);
        return Rules().Check(Encoding.UTF8.GetBytes(subscription.ToJsonString()));
    }

    private static SubscriptionRules Rules()
    {
        var options = new SubscriptionOptions();
        options.Endpoints.Add(new() { Url = "https://ehr.example/notify" });
        return new SubscriptionRules(new AllowedEndpoints(Options.Create(options)));
    }
}
