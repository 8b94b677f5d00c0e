namespace EcgIntegration.Fuzz.Targets;

/// <summary>
/// One reader and what must hold of it for any input. A target belongs to one thread: it may keep files of its own.
/// </summary>
/// <param name="name">Its name, which is also the folder of its regressions.</param>
internal abstract class FuzzTarget(string name) : IDisposable
{
    public string Name => name;

    /// <summary>Valid and half-valid inputs to be changed, small ones.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Inputs of the size that hospitals send, changed once in a while.</summary>
    public virtual IReadOnlyList<byte[]> LargeSeeds => [];

    /// <summary>Reads an input.</summary>
    /// <returns>What became of it, as one word: many different ones show that the damage reaches deep.</returns>
    /// <exception cref="ContractException">The reader broke its word. Any other exception is one it should not throw.</exception>
    public abstract string Run(byte[] input);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    private protected static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ContractException(otherwise);
        }
    }
}

/// <summary>A reader did not throw, and yet broke its word.</summary>
internal sealed class ContractException(string message) : Exception(message);
