namespace EcgIntegration.Worker.Commands.Local;

/// <summary>What the worker prints from some moment on.</summary>
internal sealed class WorkerLogPart
{
    private readonly long _from;

    private WorkerLogPart(long from) => _from = from;

    /// <summary>All that is printed from now on.</summary>
    public static WorkerLogPart FromHere() => new(new FileInfo(Places.WorkerLog) is { Exists: true } log ? log.Length : 0);

    /// <summary>The last sentence, which is not the frame of a stack.</summary>
    public string LastSentence()
    {
        if (!File.Exists(Places.WorkerLog))
        {
            return "it printed nothing";
        }

        using var stream = new FileStream(Places.WorkerLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = Math.Min(_from, stream.Length);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(line => line.Trim() is { Length: > 0 } text && !text.StartsWith("at ", StringComparison.Ordinal) && !text.StartsWith("---", StringComparison.Ordinal))
            ?.Trim() ?? "it printed nothing";
    }
}
