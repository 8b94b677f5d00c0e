using System.Text.Json;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary>An entry of a Bundle, or why it is none: in a batch that is its own affair.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Problems">What is wrong with it, where there is none.</param>
internal sealed record BundlePart(BundleEntry? Entry, IReadOnlyList<FhirProblem> Problems)
{
    /// <summary>Reads one.</summary>
    /// <param name="entry">The element.</param>
    /// <param name="index">Its number.</param>
    /// <param name="body">The body that it stands in.</param>
    /// <param name="server">This server's base URLs.</param>
    public static BundlePart Read(JsonElement entry, int index, ReadOnlyMemory<byte> body, ServerBase server)
    {
        try
        {
            return new(BundleEntry.Read(entry, index, body, server), []);
        }
        catch (WriteRefusedException e)
        {
            return new(null, e.Problems);
        }
    }

    /// <summary>The entry.</summary>
    /// <exception cref="WriteRefusedException">There is none.</exception>
    public BundleEntry Whole() => Entry ?? throw new WriteRefusedException(Problems);
}
