namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>Names what was sent and has no outcome in time.</summary>
internal static class UnansweredEcgs
{
    /// <summary>One line each, and what to do.</summary>
    public static void Explain(Terminal terminal, IEnumerable<PublishedEvent> unanswered)
    {
        var count = 0;
        foreach (var sent in unanswered)
        {
            count++;
            terminal.Warn($"No outcome: {sent.EventId}  {sent.Ecg.Source}", $"結果なし: {sent.EventId}  {sent.Ecg.Source}");
        }

        terminal.Warn(
            $"{count} without an outcome: see ecg status and ecg queues; they are not lost, and ecg studies shows them when they are done.",
            $"結果のないもの: {count} 件。ecg status と ecg queues を確認してください。失われてはおらず、完了すると ecg studies に表示されます。");
    }
}
