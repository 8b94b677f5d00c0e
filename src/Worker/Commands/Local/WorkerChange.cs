namespace EcgIntegration.Worker.Commands.Local;

/// <summary>Why a running worker is replaced by another.</summary>
internal static class WorkerChange
{
    /// <summary>The reason, or <see langword="null"/> where the running worker is the one wanted. Names settings, never what they are set to.</summary>
    public static (string En, string Ja)? Between(LocalWorker.Launched running, LocalWorker.Launched wanted)
    {
        if (running.Build != wanted.Build)
        {
            return ("it is of another build", "ビルドが異なるため");
        }

        var settings = Differing(running.Settings, wanted.Settings);
        if (settings.Count > 0)
        {
            var names = string.Join(", ", settings);
            return ($"other settings are given for {names}", $"設定が変更されたため（{names}）");
        }

        return Differing(running.Servers, wanted.Servers).Count > 0
            ? ("PostgreSQL or RabbitMQ is another one", "PostgreSQLまたはRabbitMQが異なるため")
            : null;
    }

    private static List<string> Differing(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
    [
        .. one.Keys.Union(other.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => one.GetValueOrDefault(key) != other.GetValueOrDefault(key))
            .Order(StringComparer.Ordinal),
    ];
}
