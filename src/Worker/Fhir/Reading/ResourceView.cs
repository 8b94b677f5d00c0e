namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>How much of each resource an answer shows: <c>_summary</c> and <c>_elements</c>.</summary>
/// <param name="Mode">Which part.</param>
/// <param name="Elements">For <see cref="ViewMode.Elements"/>: base names of elements at a resource's root.</param>
internal sealed record ResourceView(ViewMode Mode, IReadOnlyCollection<string> Elements)
{
    private const string Contained = "contained";

    /// <summary>Elements of an Observation that samples lie in.</summary>
    private static readonly string[] SampledElements = ["value", "component", Contained];

    public static ResourceView Whole { get; } = new(ViewMode.Whole, []);

    /// <summary>Whether resources of a type need their samples loaded to be shown.</summary>
    public bool NeedsSamples(string type) => Mode switch
    {
        ViewMode.Whole => true,
        ViewMode.Elements => type == "Observation" ? SampledElements.Any(Elements.Contains) : Elements.Contains(Contained),
        _ => false,
    };

    /// <summary>What is shown of a resource.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="json">The resource as it is stored, with or without samples.</param>
    public ReadOnlyMemory<byte> Show(string type, ReadOnlyMemory<byte> json) =>
        Mode == ViewMode.Whole ? json : ResourceSubset.Write(type, json, this);
}

/// <summary>Parts of resources.</summary>
internal enum ViewMode
{
    /// <summary>All of it (<c>_summary=false</c>).</summary>
    Whole,

    /// <summary>The elements that R4 has in the summary (<c>_summary=true</c>).</summary>
    Summary,

    /// <summary>Narrative, id, meta and what must not be missing (<c>_summary=text</c>).</summary>
    Text,

    /// <summary>All but the narrative and the samples (<c>_summary=data</c>).</summary>
    Data,

    /// <summary>Named elements and what must not be missing (<c>_elements</c>).</summary>
    Elements,
}
