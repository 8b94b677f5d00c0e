using System.Text.RegularExpressions;

namespace EcgIntegration.Fuzz;

/// <summary>What went wrong, each kind once, with the input that shows it in a file. Shared by all threads.</summary>
internal sealed partial class Findings(string folder)
{
    private readonly Lock _lock = new();

    // Under the lock.
    private readonly Dictionary<string, long> _kinds = [];

    /// <summary>How many kinds.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _kinds.Count;
            }
        }
    }

    /// <summary>Notes one.</summary>
    public void Add(string target, long number, byte[] input, string what, Exception? fault = null)
    {
        var kind = $"{target}: {what}{(fault is null ? "" : $" {fault.GetType().Name} {Place(fault)}")}";
        lock (_lock)
        {
            var known = _kinds.TryGetValue(kind, out var count);
            _kinds[kind] = count + 1;
            if (known)
            {
                return;
            }

            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, $"{target}-{number}.bin");
            File.WriteAllBytes(file, input);
            Console.Error.WriteLine($"{kind}\n  case {number}, {input.Length} bytes: {file}\n  {fault?.Message}");
        }
    }

    private static string Place(Exception fault) => PlacePattern().Match(fault.StackTrace ?? "").Value;

    [GeneratedRegex(@"EcgIntegration\.(?!Fuzz)[\w.<>]+")]
    private static partial Regex PlacePattern();
}
