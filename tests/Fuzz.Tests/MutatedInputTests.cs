using CsCheck;
using EcgIntegration.Fuzz.Mutations;
using EcgIntegration.Fuzz.Targets;

namespace EcgIntegration.Fuzz.Tests;

/// <summary>A short run over every reader; bench/Fuzz makes the long ones. A failure is made smaller and shows its seed.</summary>
public sealed class MutatedInputTests
{
    private const int Runs = 1_000;
    private const long MostMemory = 64 << 20;

    private static readonly Gen<Mutation> Change =
        Gen.Select(Gen.Byte[0, Mutator.Kinds - 1], Gen.UInt, Gen.UInt, (kind, where, what) => new Mutation(kind, where, what));

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    public static TheoryData<string, string> Regressions =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileName(file))),
    ];

    private static string Folder => Path.Combine(SeedEcgs.Root, "tests", "Fuzz.Tests", "Regressions");

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_reader_keeps_its_word_for_mutated_input(string name)
    {
        using var target = Create(name);
        var ends = new HashSet<string>();
        var index = Gen.Int[0, target.Seeds.Count - 1];
        Gen.Select(index, index, Change.Array[1, 4]).Sample(
            (seed, other, mutations) =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                ends.Add(target.Run(Mutator.Apply(target.Seeds[seed], target.Seeds[other], mutations)));
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(allocated < MostMemory, $"{allocated} bytes were allocated.");
            },
            iter: Runs,
            threads: 1,
            print: made => $"{made.Item1} {made.Item2} {string.Join(' ', made.Item3)}");

        // Damage that always ends in the same way would not have got past the first check.
        Assert.True(ends.Count > 1, string.Join(' ', ends));
    }

    [Theory]
    [MemberData(nameof(Regressions))]
    public void What_once_broke_a_reader_does_so_no_more(string name, string file)
    {
        using var target = Create(name);
        var input = File.ReadAllBytes(Path.Combine(Folder, name, file));
        target.Run(target.Seeds[0]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.NotEmpty(target.Run(input));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
    }

    [Fact]
    public void A_case_is_the_same_again_by_its_number()
    {
        foreach (var name in FuzzTargets.Names)
        {
            using var target = Create(name);
            using var again = Create(name);
            var cases = Enumerable.Range(0, 200).Select(number => FuzzCase.Make(target, seed: 7, number)).ToList();
            Assert.All(cases.Index(), made => Assert.Equal(made.Item, FuzzCase.Make(again, seed: 7, made.Index)));
            Assert.True(cases.DistinctBy(Convert.ToHexString).Count() > 150, name);
        }
    }

    [Fact]
    public void A_run_reports_what_breaks_its_limits()
    {
        var folder = Directory.CreateTempSubdirectory("ecg-fuzz-");
        try
        {
            var findings = new Findings(folder.FullName);
            using var run = new FuzzRun(new FuzzOptions(40, 1, 2, "event", TimeSpan.FromMinutes(1), LimitBytes: 1, folder.FullName), findings);

            var figures = run.Run();

            Assert.Equal(40, figures["event"].Cases);
            Assert.Equal(1, findings.Count);
            Assert.Single(folder.EnumerateFiles("event-*.bin"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static FuzzTarget Create(string name)
    {
        var targets = FuzzTargets.Create();
        foreach (var other in targets.Where(target => target.Name != name))
        {
            other.Dispose();
        }

        return targets.Single(target => target.Name == name);
    }
}
