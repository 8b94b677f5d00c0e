namespace EcgIntegration.Signals.Fhir;

/// <summary>How the signal is written; every form reads back as the same recording.</summary>
public sealed record ObservationFormat
{
    /// <summary>Twelve components in mV.</summary>
    public static ObservationFormat Default { get; } = new();

    /// <summary>Unit of origin and factor.</summary>
    public VoltageUnit Unit { get; init; } = VoltageUnit.Millivolt;

    /// <summary>Lead code system: <see cref="LeadCodes.System"/> or <see cref="LeadCodes.SystemAlias"/>.</summary>
    public string LeadSystem { get; init; } = LeadCodes.System;

    /// <summary>Leads to write, in this order; those that the source lacks are left out.</summary>
    public IReadOnlyList<Lead> Leads { get; init; } = LeadCodes.All;

    /// <summary>One component with all leads interlaced (131328) in place of one component a lead.</summary>
    public bool Interlaced { get; init; }
}
