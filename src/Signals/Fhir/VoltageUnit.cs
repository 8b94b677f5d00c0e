namespace EcgIntegration.Signals.Fhir;

/// <summary>Units of voltage that can be read and written.</summary>
public enum VoltageUnit
{
    /// <summary>mV.</summary>
    Millivolt,

    /// <summary>µV, UCUM code uV.</summary>
    Microvolt,

    /// <summary>V.</summary>
    Volt,
}

internal static class VoltageUnits
{
    internal static double ToMillivolts(this VoltageUnit unit) => unit switch
    {
        VoltageUnit.Millivolt => 1,
        VoltageUnit.Microvolt => 0.001,
        _ => 1000,
    };

    internal static string Ucum(this VoltageUnit unit) => unit switch
    {
        VoltageUnit.Millivolt => "mV",
        VoltageUnit.Microvolt => "uV",
        _ => "V",
    };

    /// <summary>Reads a UCUM code, or the same with either Unicode micro sign (U+00B5, U+03BC).</summary>
    internal static VoltageUnit? Parse(ReadOnlySpan<byte> utf8) => utf8 switch
    {
        _ when utf8.SequenceEqual("mV"u8) => VoltageUnit.Millivolt,
        _ when utf8.SequenceEqual("uV"u8) || utf8.SequenceEqual("\u00b5V"u8) || utf8.SequenceEqual("\u03bcV"u8) => VoltageUnit.Microvolt,
        _ when utf8.SequenceEqual("V"u8) => VoltageUnit.Volt,
        _ => null,
    };

    /// <summary>Reads a unit in any case, as WFDB headers are written (<c>mv</c> in the PTB-XL part of CinC 2021).</summary>
    internal static VoltageUnit? ParseLoosely(string text) => text.ToUpperInvariant() switch
    {
        "MV" => VoltageUnit.Millivolt,
        // Capital mu, which both micro signs have as their upper case.
        "UV" or "\u039cV" => VoltageUnit.Microvolt,
        "V" => VoltageUnit.Volt,
        _ => null,
    };
}
