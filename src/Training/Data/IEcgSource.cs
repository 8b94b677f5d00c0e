using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Data;

/// <summary>A folder of annotated ECGs.</summary>
internal interface IEcgSource
{
    /// <summary>What it is, for reports and the model card.</summary>
    EcgSourceDescription About { get; }

    /// <summary>Reads the annotations; a signal is read when an example is asked for its tensor.</summary>
    /// <param name="labels">The label catalogue.</param>
    /// <exception cref="TrainingException">The folder cannot be used.</exception>
    EcgSourceContent Read(IReadOnlyList<Label> labels);
}

/// <summary>What a source is.</summary>
/// <param name="Name">Short name, the same for every folder of the kind.</param>
/// <param name="Folder">Where it lies; not for the model card.</param>
/// <param name="Licence">Licence of the data.</param>
/// <param name="Citation">What to cite.</param>
/// <param name="Origin">Where it can be had.</param>
/// <param name="Labels">What a label of it means.</param>
internal sealed record EcgSourceDescription(string Name, string Folder, string Licence, string Citation, string Origin, string Labels);

/// <summary>The annotations of a source.</summary>
/// <param name="Examples">The ECGs.</param>
/// <param name="Unmapped">Terms of the source for which the catalogue has no label, most frequent first.</param>
/// <param name="LeftOut">Why ECGs of the source are not among the examples, most frequent first.</param>
internal sealed record EcgSourceContent(
    IReadOnlyList<EcgExample> Examples,
    IReadOnlyList<TermCount> Unmapped,
    IReadOnlyList<TermCount> LeftOut);
