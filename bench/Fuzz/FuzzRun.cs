using System.IO.MemoryMappedFiles;
using EcgIntegration.Fuzz.Targets;

namespace EcgIntegration.Fuzz;

/// <summary>Runs cases on several threads, and holds each to its limits.</summary>
internal sealed class FuzzRun(FuzzOptions options, Findings findings) : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly MemoryMappedFile _current = Open(options);

    // Each thread writes its own two, the watch reads them: when its case began, and which it is.
    private readonly long[] _began = new long[options.Threads];
    private readonly long[] _number = new long[options.Threads];

    /// <summary>Runs all cases.</summary>
    public SortedDictionary<string, TargetFigures> Run()
    {
        using var watch = new Timer(_ => Watch(), null, WatchInterval, WatchInterval);
        var results = new Dictionary<string, TargetFigures>[options.Threads];
        var threads = Enumerable.Range(0, options.Threads).Select(index => new Thread(() => results[index] = RunThread(index))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        var all = new SortedDictionary<string, TargetFigures>(StringComparer.Ordinal);
        foreach (var (name, figures) in results.SelectMany(result => result))
        {
            if (!all.TryGetValue(name, out var sum))
            {
                all.Add(name, sum = new());
            }

            sum.Add(figures);
        }

        return all;
    }

    public void Dispose() => _current.Dispose();

    private static MemoryMappedFile Open(FuzzOptions options)
    {
        Directory.CreateDirectory(options.Folder);
        return MemoryMappedFile.CreateFromFile(Path.Combine(options.Folder, "current.bin"), FileMode.Create, null, options.Threads * sizeof(long));
    }

    private Dictionary<string, TargetFigures> RunThread(int index)
    {
        var targets = FuzzTargets.Create().Where(target => options.Target is null || target.Name == options.Target).ToList();
        var figures = targets.ToDictionary(target => target.Name, _ => new TargetFigures());
        try
        {
            // What the first run of a reader costs, code to be compiled and tables to be filled, is not the input's doing.
            foreach (var target in targets)
            {
                foreach (var seed in target.Seeds.Concat(target.LargeSeeds))
                {
                    target.Run(seed);
                }
            }

            using var current = _current.CreateViewAccessor();
            for (long number = index; number < options.Cases; number += options.Threads)
            {
                // Survives whatever ends the process, a stack overflow too.
                current.Write(index * sizeof(long), number);
                Volatile.Write(ref _number[index], number);
                Volatile.Write(ref _began[index], TimeProvider.System.GetTimestamp());
                var target = targets[FuzzCase.TargetOf(number, targets.Count)];
                RunCase(target, number, figures[target.Name]);
            }
        }
        finally
        {
            Volatile.Write(ref _began[index], 0);
            targets.ForEach(target => target.Dispose());
        }

        return figures;
    }

    private void RunCase(FuzzTarget target, long number, TargetFigures figures)
    {
        var input = FuzzCase.Make(target, options.Seed, number);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = ThreadClock.Now;
        string outcome;
        try
        {
            outcome = target.Run(input);
        }
        catch (Exception e)
        {
            findings.Add(target.Name, number, input, e is ContractException ? "broke its word" : "threw", e);
            outcome = "finding";
        }

        var time = ThreadClock.Now - began;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        figures.Add(number, input.Length, time, allocated, outcome);
        if (time > options.Limit)
        {
            findings.Add(target.Name, number, input, "took too long");
        }

        if (allocated > options.LimitBytes)
        {
            findings.Add(target.Name, number, input, "allocated too much");
        }
    }

    private void Watch()
    {
        for (var index = 0; index < _began.Length; index++)
        {
            var began = Volatile.Read(ref _began[index]);
            if (began != 0 && TimeProvider.System.GetElapsedTime(began) > FuzzOptions.HangLimit)
            {
                Console.Error.WriteLine($"Case {Volatile.Read(ref _number[index])} of seed {options.Seed} does not end.");
                Environment.Exit(1);
            }
        }
    }
}
