namespace EcgIntegration.Contracts.Events;

/// <summary>How soon a physician should look, in rising order.</summary>
public enum Urgency
{
    /// <summary>In turn.</summary>
    Routine,

    /// <summary>To be reviewed.</summary>
    Review,

    /// <summary>Soon.</summary>
    Urgent,

    /// <summary>Now.</summary>
    Critical,
}
