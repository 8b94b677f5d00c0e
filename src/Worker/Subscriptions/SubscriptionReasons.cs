using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>Why a Subscription is not taken.</summary>
internal static class SubscriptionReasons
{
    public static ReasonDefinition TopicUnknown { get; } = new(
        "subscription-topic-unknown",
        "There is no such topic: Subscription.criteria must be {0}.",
        "このトピックはありません。Subscription.criteria には {0} を指定してください。");

    public static ReasonDefinition StatusForServer { get; } = new(
        "subscription-status-invalid",
        "A client sends a Subscription as requested, or as off to end it; the other statuses are the server's.",
        "Subscriptionのstatusにはrequested（開始）またはoff（終了）を指定してください。他の値はサーバーが設定します。");

    public static ReasonDefinition ChannelUnsupported { get; } = new(
        "subscription-channel-unsupported",
        "Only the channel rest-hook is offered.",
        "対応しているチャネルはrest-hookのみです。");

    public static ReasonDefinition EndpointNotAllowed { get; } = new(
        "subscription-endpoint-not-allowed",
        "The operator does not allow this endpoint: have it added to Subscriptions:Endpoints in the worker's settings.",
        "このエンドポイントは許可されていません。ワーカーの設定 Subscriptions:Endpoints への追加を運用担当者に依頼してください。");

    public static ReasonDefinition HeaderNotTaken { get; } = new(
        "subscription-header-not-taken",
        "Headers are not kept in a Subscription, because they hold secrets: the operator sets Authorization in Subscriptions:Endpoints.",
        "秘密情報を含むため、ヘッダーはSubscriptionに保存しません。Authorizationは設定 Subscriptions:Endpoints で指定します。");

    public static ReasonDefinition PayloadUnsupported { get; } = new(
        "subscription-payload-unsupported",
        "Only notifications as application/fhir+json with the content id-only are offered.",
        "対応している通知はapplication/fhir+json、内容id-onlyのみです。");

    public static ReasonDefinition EndNotTaken { get; } = new(
        "subscription-end-not-taken",
        "This server ends no Subscription by itself: leave end out, and send the Subscription as off when it is to end.",
        "本サーバーはSubscriptionを自動終了しません。endは指定せず、終了時にstatusをoffにして送信してください。");

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
        [TopicUnknown, StatusForServer, ChannelUnsupported, EndpointNotAllowed, HeaderNotTaken, PayloadUnsupported, EndNotTaken];
}
