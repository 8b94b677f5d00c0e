using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// The words for an urgency on every surface: reports, tables and pages. One word must never mean two things, least of all
/// between a table and the report beside it. 至急 is not among them: it means an order sent as stat.
/// </summary>
internal static class UrgencyWords
{
    /// <summary>Both words.</summary>
    public static (string Ja, string En) Of(Urgency urgency) => urgency switch
    {
        Urgency.Critical => ("最緊急", "critical"),
        Urgency.Urgent => ("緊急", "urgent"),
        Urgency.Review => ("要確認", "review"),
        _ => ("通常", "routine"),
    };

    /// <summary>The word in the language wanted.</summary>
    public static string Of(Urgency urgency, bool japanese)
    {
        var (ja, en) = Of(urgency);
        return japanese ? ja : en;
    }
}
