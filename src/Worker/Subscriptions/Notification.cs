using System.Globalization;
using System.Text.Json;
using EcgIntegration.Persistence.Subscriptions;
using EcgIntegration.Worker.Fhir;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>Notifications as Bundles of the R5 backport: references, never a resource.</summary>
/// <param name="fhirBase">Address of <c>/fhir</c> as clients know it, without a slash at its end; <see langword="null"/> for relative references.</param>
internal sealed class Notification(string? fhirBase)
{
    /// <summary>The Bundle for a handshake or an event.</summary>
    /// <param name="notification">What is told.</param>
    /// <param name="status">Status of the Subscription.</param>
    /// <param name="at">When it is sent.</param>
    public ReadOnlyMemory<byte> Write(PendingNotification notification, string status, DateTimeOffset at) => FhirResult.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        WriteProfile(writer, Backport.NotificationProfile);
        writer.WriteString("type", "history");
        writer.WriteString("timestamp", Moment(at));
        writer.WriteStartArray("entry");
        writer.WriteStartObject();
        writer.WriteString("fullUrl", $"urn:uuid:{Guid.NewGuid():D}");
        writer.WritePropertyName("resource");
        var type = notification.Event is null ? "handshake" : "event-notification";
        WriteStatus(writer, notification.Subscription, status, type, notification.Event?.Number ?? 0, notification.Event);
        WriteRequest(writer, "GET", $"Subscription/{notification.Subscription}/$status", "200");
        writer.WriteEndObject();
        if (notification.Event is { } happened)
        {
            writer.WriteStartObject();
            if (fhirBase is not null)
            {
                writer.WriteString("fullUrl", Reference($"DiagnosticReport/{happened.Report}"));
            }

            var isNew = happened.ReportVersion == 1;
            WriteRequest(writer, isNew ? "POST" : "PUT", isNew ? "DiagnosticReport" : $"DiagnosticReport/{happened.Report}", isNew ? "201" : "200");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Parameters that say how a subscription stands (the R5 SubscriptionStatus).</summary>
    public void WriteStatus(Utf8JsonWriter writer, string subscription, string status, string type, long events, NotifiedEvent? happened)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Parameters");
        WriteProfile(writer, Backport.StatusProfile);
        writer.WriteStartArray("parameter");
        WriteReference(writer, "subscription", $"Subscription/{subscription}");
        WriteParameter(writer, "topic", "valueCanonical", Backport.UrgentReport);
        WriteParameter(writer, "status", "valueCode", status);
        WriteParameter(writer, "type", "valueCode", type);
        WriteParameter(writer, "events-since-subscription-start", "valueString", events.ToString(CultureInfo.InvariantCulture));
        if (happened is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("name", "notification-event");
            writer.WriteStartArray("part");
            WriteParameter(writer, "event-number", "valueString", happened.Number.ToString(CultureInfo.InvariantCulture));
            WriteParameter(writer, "timestamp", "valueInstant", Moment(happened.At));
            WriteReference(writer, "focus", $"DiagnosticReport/{happened.Report}");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteProfile(Utf8JsonWriter writer, string profile)
    {
        writer.WriteStartObject("meta");
        writer.WriteStartArray("profile");
        writer.WriteStringValue(profile);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter writer, string name, string kind, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString(kind, value);
        writer.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter writer, string method, string url, string status)
    {
        writer.WriteStartObject("request");
        writer.WriteString("method", method);
        writer.WriteString("url", url);
        writer.WriteEndObject();
        writer.WriteStartObject("response");
        writer.WriteString("status", status);
        writer.WriteEndObject();
    }

    private static string Moment(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void WriteReference(Utf8JsonWriter writer, string name, string reference)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartObject("valueReference");
        writer.WriteString("reference", Reference(reference));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private string Reference(string reference) => fhirBase is null ? reference : $"{fhirBase}/{reference}";
}
