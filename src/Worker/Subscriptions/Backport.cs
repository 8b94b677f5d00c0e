namespace EcgIntegration.Worker.Subscriptions;

/// <summary>Names of the guide "Subscriptions R5 Backport" (1.1), in its form for R4.</summary>
internal static class Backport
{
    /// <summary>The topic on offer: a report has become urgent. It stands in <c>Subscription.criteria</c>.</summary>
    public const string UrgentReport = "urn:ecg-integration:topic:urgent-report";

    private const string Root = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";

    /// <summary>Profile of a Subscription to a topic.</summary>
    public const string SubscriptionProfile = Root + "backport-subscription";

    /// <summary>Profile of a notification.</summary>
    public const string NotificationProfile = Root + "backport-subscription-notification-r4";

    /// <summary>Profile of the Parameters that say how a subscription stands.</summary>
    public const string StatusProfile = Root + "backport-subscription-status-r4";

    /// <summary>Extension of <c>channel.payload</c>: how much of the resource a notification carries.</summary>
    public const string PayloadContent = Root + "backport-payload-content";

    /// <summary>The one content on offer: references only.</summary>
    public const string IdOnly = "id-only";
}
