namespace EcgIntegration.Fuzz.Mutations;

/// <summary>One change to an input. All three values are numbers, so that a failing case can be made smaller.</summary>
/// <param name="Kind">Which change, modulo the number of kinds.</param>
/// <param name="Where">Where: a fraction of the input's length or of its elements.</param>
/// <param name="What">What is put there, how long, how often.</param>
internal readonly record struct Mutation(byte Kind, uint Where, uint What)
{
    /// <summary>A place below a count.</summary>
    public static int Scale(uint fraction, int count) => (int)(((ulong)fraction * (uint)count) >> 32);
}
