namespace EcgIntegration.Worker.Classification;

/// <summary>Whose turn it is where windows wait for the device.</summary>
internal enum WindowPriority
{
    /// <summary>Replay and shadow: runs when nothing else waits, and now and then when something always does.</summary>
    Background,

    /// <summary>An ECG that somebody waits for, stat or routine: waits for the batch that runs and for no other.</summary>
    Foreground,
}
