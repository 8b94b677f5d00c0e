namespace EcgIntegration.Training.Data;

/// <summary>Why an ECG of a source does not take part, as reports and the model card say it.</summary>
internal static class LeftOutReasons
{
    /// <summary>Nothing the source says of it is in the catalogue: as an example it would be "none of all labels".</summary>
    public const string NoLabel = "no label of the catalogue";

    /// <summary>Another record of the source has the same signal.</summary>
    public const string Copy = "the signal of another record";

    /// <summary>It has no 10 s window.</summary>
    public const string TooShort = "shorter than 10 s";
}
