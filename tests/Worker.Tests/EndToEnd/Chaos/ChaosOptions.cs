using System.Globalization;

namespace EcgIntegration.Worker.Tests.EndToEnd.Chaos;

/// <summary>How long a chaos run is; small by default, by environment as long as one likes (docs/proof.md).</summary>
/// <param name="Seed">Gives the same load and the same order of kills again.</param>
/// <param name="Ecgs">Different ECGs.</param>
/// <param name="Kills">Processes killed.</param>
internal sealed record ChaosOptions(int Seed, int Ecgs, int Kills)
{
    public static ChaosOptions FromEnvironment() => new(
        Read("ECG_CHAOS_SEED") ?? Random.Shared.Next(), Read("ECG_CHAOS_ECGS") ?? 300, Read("ECG_CHAOS_KILLS") ?? 8);

    /// <summary>How long the end may be waited for: what a machine a tenth as fast as a laptop would need.</summary>
    public TimeSpan Limit => TimeSpan.FromMinutes(4) + TimeSpan.FromSeconds((0.3 * Ecgs) + (30 * Kills));

    private static int? Read(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
