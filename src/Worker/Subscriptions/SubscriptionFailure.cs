using System.Globalization;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Terminology;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>How a failure of a subscriber is told: in the Subscription, and to the operator as a Task.</summary>
internal static class SubscriptionFailure
{
    /// <summary>The operator does not allow the address, or no longer does.</summary>
    public const string NotAllowed = "endpoint not allowed";

    /// <summary>No answer in time.</summary>
    public const string TimedOut = "timed out";

    /// <summary>For <c>Subscription.error</c>.</summary>
    public static string Error(string failure, int attempts) => string.Create(
        CultureInfo.InvariantCulture,
        $"通知に{attempts}回失敗しました（{failure}）。送信先を確認し、status を requested にして再送してください。 / Not delivered after {attempts} attempts ({failure}): mend the endpoint, then send the Subscription with status requested.");

    /// <summary>The Task for the operator. Its id is its own each time: a subscription can fail again.</summary>
    public static NewResource Task(string subscription, string failure, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now).ToString("D");
        var at = now.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new NewResource("Task", id, FhirResult.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Task");
            writer.WriteString("id", id);
            writer.WriteString("status", "requested");
            writer.WriteString("intent", "proposal");
            writer.WriteString("priority", "urgent");
            writer.WriteStartObject("code");
            writer.WriteStartArray("coding");
            writer.WriteStartObject();
            writer.WriteString("system", FhirUris.Tasks);
            writer.WriteString("code", "subscription-failed");
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteString("text", "緊急報告の通知が停止しました / Notifications of urgent reports have stopped");
            writer.WriteEndObject();
            writer.WriteString(
                "description",
                $"緊急報告の通知先が応答しないため、通知を停止しました（{failure}）。通知先を確認してください。未送信の通知は保存されています。");
            writer.WriteStartObject("focus");
            writer.WriteString("reference", $"Subscription/{subscription}");
            writer.WriteEndObject();
            writer.WriteString("authoredOn", at);
            writer.WriteString("lastModified", at);
            writer.WriteEndObject();
        }));
    }
}
