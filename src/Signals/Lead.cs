namespace EcgIntegration.Signals;

/// <summary>The twelve standard leads, in the order of the model's tensor.</summary>
public enum Lead
{
    /// <summary>Lead I.</summary>
    I,

    /// <summary>Lead II.</summary>
    II,

    /// <summary>Lead III.</summary>
    III,

    /// <summary>Lead aVR.</summary>
    AVR,

    /// <summary>Lead aVL.</summary>
    AVL,

    /// <summary>Lead aVF.</summary>
    AVF,

    /// <summary>Lead V1.</summary>
    V1,

    /// <summary>Lead V2.</summary>
    V2,

    /// <summary>Lead V3.</summary>
    V3,

    /// <summary>Lead V4.</summary>
    V4,

    /// <summary>Lead V5.</summary>
    V5,

    /// <summary>Lead V6.</summary>
    V6,
}
