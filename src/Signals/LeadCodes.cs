namespace EcgIntegration.Signals;

/// <summary>Names and IEEE 11073-10101 codes of the twelve leads.</summary>
public static class LeadCodes
{
    /// <summary>The code system as FHIR examples write it.</summary>
    public const string System = "urn:oid:2.16.840.1.113883.6.24";

    /// <summary>The same code system by its FHIR URI.</summary>
    public const string SystemAlias = "urn:iso:std:iso:11073:10101";

    /// <summary>The code of a waveform that carries several leads interlaced.</summary>
    public const string Panel = "131328";

    private static readonly string[] Names = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];

    private static readonly string[] Codes =
    [
        "131329", "131330", "131389", "131390", "131391", "131392",
        "131331", "131332", "131333", "131334", "131335", "131336",
    ];

    /// <summary>All leads in the order of the model's tensor.</summary>
    public static IReadOnlyList<Lead> All { get; } = Enum.GetValues<Lead>();

    /// <summary>The leads that carts store when the other four follow from them.</summary>
    public static IReadOnlyList<Lead> Independent { get; } =
        [Lead.I, Lead.II, Lead.V1, Lead.V2, Lead.V3, Lead.V4, Lead.V5, Lead.V6];

    /// <summary>The lead's usual spelling, such as <c>aVR</c>.</summary>
    public static string Name(this Lead lead) => Names[(int)lead];

    /// <summary>The lead's IEEE 11073-10101 code, such as <c>131390</c>.</summary>
    public static string Code(this Lead lead) => Codes[(int)lead];

    /// <summary>The lead's reference identifier in the same nomenclature, such as <c>MDC_ECG_ELEC_POTL_AVR</c>.</summary>
    public static string ReferenceId(this Lead lead) => "MDC_ECG_ELEC_POTL_" + Names[(int)lead].ToUpperInvariant();

    /// <summary>Reads a lead's name, in any case.</summary>
    public static bool TryParseName(ReadOnlySpan<char> name, out Lead lead)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (name.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                lead = (Lead)i;
                return true;
            }
        }

        lead = default;
        return false;
    }

    /// <summary>Whether I and II determine the lead.</summary>
    internal static bool IsDerivable(this Lead lead) => lead is Lead.III or Lead.AVR or Lead.AVL or Lead.AVF;
}
