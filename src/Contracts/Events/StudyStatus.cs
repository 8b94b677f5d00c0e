namespace EcgIntegration.Contracts.Events;

/// <summary>What can become of an ECG. Every status but <see cref="Received"/> is final.</summary>
public enum StudyStatus
{
    /// <summary>Stored, not yet decided.</summary>
    Received,

    /// <summary>At least one suggestion, or a measured normal.</summary>
    Classified,

    /// <summary>Analysed, but the model cannot decide (判定保留): a physician reads it.</summary>
    Uncertain,

    /// <summary>The signal cannot be analysed (判定保留): a physician reads it, or it is recorded again.</summary>
    Unanalysable,

    /// <summary>Not a valid ECG event: the reasons say what to mend.</summary>
    Rejected,

    /// <summary>Attempts used up.</summary>
    Failed,
}
