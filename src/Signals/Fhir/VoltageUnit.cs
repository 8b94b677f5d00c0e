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

    internal static VoltageUnit? Parse(string text) =>
        text.Length <= JsonText.ShortLength ? Parse(System.Text.Encoding.UTF8.GetBytes(text)) : null;
}
