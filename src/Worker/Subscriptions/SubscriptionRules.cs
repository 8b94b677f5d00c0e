using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Fhir.Writing;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>What a Subscription must be for this server to honour it, beyond valid R4.</summary>
internal sealed class SubscriptionRules(AllowedEndpoints allowed) : IResourceRule
{
    private static readonly string[] ClientStatuses = ["requested", "off"];
    private static readonly string[] JsonTypes = ["application/fhir+json", "application/json"];

    public string Type => "Subscription";

    public IReadOnlyList<Reason> Check(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var channel = Member(root, "channel");
        var reasons = new List<Reason>();
        Expect(Text(root, "criteria") == Backport.UrgentReport, SubscriptionReasons.TopicUnknown.At("Subscription.criteria", Backport.UrgentReport));
        Expect(ClientStatuses.Contains(Text(root, "status")), SubscriptionReasons.StatusForServer.At("Subscription.status"));
        Expect(Text(channel, "type") == "rest-hook", SubscriptionReasons.ChannelUnsupported.At("Subscription.channel.type"));
        Expect(allowed.Find(Text(channel, "endpoint")) is not null, SubscriptionReasons.EndpointNotAllowed.At("Subscription.channel.endpoint"));
        Expect(
            channel.ValueKind != JsonValueKind.Object || !channel.TryGetProperty("header", out _),
            SubscriptionReasons.HeaderNotTaken.At("Subscription.channel.header"));
        Expect(
            Text(channel, "payload") is not { } payload || JsonTypes.Contains(payload),
            SubscriptionReasons.PayloadUnsupported.At("Subscription.channel.payload"));
        Expect(Contents(channel).All(content => content == Backport.IdOnly), SubscriptionReasons.PayloadUnsupported.At("Subscription.channel.payload"));
        Expect(!root.TryGetProperty("end", out _), SubscriptionReasons.EndNotTaken.At("Subscription.end"));
        return reasons;

        void Expect(bool holds, Reason reason)
        {
            if (!holds)
            {
                reasons.Add(reason);
            }
        }
    }

    /// <summary>What the extension of the payload asks for; nothing means the least, which is what is on offer.</summary>
    private static IEnumerable<string?> Contents(JsonElement channel) =>
        Member(Member(channel, "_payload"), "extension") is { ValueKind: JsonValueKind.Array } extensions
            ? extensions.EnumerateArray().Where(one => Text(one, "url") == Backport.PayloadContent).Select(one => Text(one, "valueCode"))
            : [];

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
}
