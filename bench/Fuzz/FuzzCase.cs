using EcgIntegration.Fuzz.Mutations;
using EcgIntegration.Fuzz.Targets;

namespace EcgIntegration.Fuzz;

/// <summary>The input of one case: the same seed and number give the same one, on any machine.</summary>
internal static class FuzzCase
{
    private const int MostMutations = 4;
    private const int LargeEvery = 256;

    /// <summary>Which target a case is for.</summary>
    public static int TargetOf(long number, int targets) => (int)(number % targets);

    /// <summary>The input.</summary>
    public static byte[] Make(FuzzTarget target, ulong seed, long number)
    {
        var random = new SplitMix(seed ^ ((ulong)number * 0x9E3779B97F4A7C15));
        var seeds = target.LargeSeeds.Count > 0 && random.Next() % LargeEvery == 0 ? target.LargeSeeds : target.Seeds;
        var input = seeds[(int)(random.Next() % (ulong)seeds.Count)];
        var other = target.Seeds[(int)(random.Next() % (ulong)target.Seeds.Count)];
        Span<Mutation> mutations = stackalloc Mutation[(int)(random.Next() % MostMutations) + 1];
        foreach (ref var mutation in mutations)
        {
            mutation = new((byte)random.Next(), (uint)random.Next(), (uint)random.Next());
        }

        return Mutator.Apply(input, other, mutations);
    }

    /// <summary>SplitMix64: a whole generator in one number, so that a case costs no set-up.</summary>
    private struct SplitMix(ulong state)
    {
        private ulong _state = state;

        public ulong Next()
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
