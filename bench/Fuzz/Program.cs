using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using EcgIntegration.Fuzz;
using EcgIntegration.Fuzz.Targets;

var cases = new Option<long>("--cases") { Description = "How many cases, over all targets.", DefaultValueFactory = _ => 100_000 };
var seed = new Option<ulong>("--seed") { Description = "Another seed gives other cases.", DefaultValueFactory = _ => 1 };
var threads = new Option<int>("--threads") { Description = "How many at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
var target = new Option<string?>("--target") { Description = "Only this one: " + string.Join(", ", FuzzTargets.Names) + "." };
target.AcceptOnlyFromAmong([.. FuzzTargets.Names]);
var limit = new Option<int>("--limit-ms") { Description = "Most CPU time of a case, in milliseconds.", DefaultValueFactory = _ => 1_000 };
var memory = new Option<int>("--limit-mb") { Description = "Most memory that a case may allocate, in MB.", DefaultValueFactory = _ => 128 };
var only = new Option<long?>("--case") { Description = "Writes the input of one case to --folder and reads it; needs --target where the run had one." };
var folder = new Option<string>("--folder") { Description = "Where findings go.", DefaultValueFactory = _ => Path.Combine(SeedEcgs.Root, "artifacts", "fuzz") };
var root = new RootCommand("Changes real inputs at random and holds every reader to its word: no crash, no hang, bounded memory.")
{
    cases, seed, threads, target, limit, memory, only, folder,
};
root.SetAction(parsed =>
{
    var options = new FuzzOptions(
        parsed.GetValue(cases),
        parsed.GetValue(seed),
        Math.Max(1, parsed.GetValue(threads)),
        parsed.GetValue(target),
        TimeSpan.FromMilliseconds(parsed.GetValue(limit)),
        (long)parsed.GetValue(memory) << 20,
        parsed.GetValue(folder)!);
    return parsed.GetValue(only) is { } number ? RunOne(options, number) : RunAll(options);
});
return root.Parse(args).Invoke();

static int RunAll(FuzzOptions options)
{
    var findings = new Findings(options.Folder);
    var start = TimeProvider.System.GetTimestamp();
    using var run = new FuzzRun(options, findings);
    var all = run.Run();
    using var process = Process.GetCurrentProcess();
    var elapsed = TimeProvider.System.GetElapsedTime(start);
    Print("| target | cases | MB read | ends | us a case | slowest, ms | most memory, MB |");
    Print("|---|---|---|---|---|---|---|");
    foreach (var (name, figures) in all)
    {
        Print(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {figures.Cases:N0} | {figures.Bytes / 1e6:N0} | {figures.Outcomes.Count} | {figures.Time.TotalMicroseconds / Math.Max(1, figures.Cases):N0} | {figures.Slowest.Time.TotalMilliseconds:N1} (case {figures.Slowest.Number}) | {figures.Largest.Bytes / 1e6:N1} (case {figures.Largest.Number}) |"));
    }

    Print(string.Create(
        CultureInfo.InvariantCulture,
        $"{all.Values.Sum(figures => figures.Cases):N0} cases of seed {options.Seed} in {elapsed.TotalSeconds:N0} s; peak resident memory {process.PeakWorkingSet64 / 1e6:N0} MB; {findings.Count} kinds of findings."));
    return findings.Count == 0 ? 0 : 1;

    static void Print(string line) => Console.WriteLine(line);
}

static int RunOne(FuzzOptions options, long number)
{
    var targets = FuzzTargets.Create().Where(candidate => options.Target is null || candidate.Name == options.Target).ToList();
    var target = targets[FuzzCase.TargetOf(number, targets.Count)];
    var input = FuzzCase.Make(target, options.Seed, number);
    Directory.CreateDirectory(options.Folder);
    var file = Path.Combine(options.Folder, $"{target.Name}-{number}.bin");
    File.WriteAllBytes(file, input);
    Console.Error.WriteLine(file);
    Console.WriteLine(target.Run(input));
    return 0;
}
