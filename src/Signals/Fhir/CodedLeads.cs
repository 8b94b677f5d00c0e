namespace EcgIntegration.Signals.Fhir;

/// <summary>The leads that one CodeableConcept names, in order and without repetition, and whether it names the panel.</summary>
internal struct CodedLeads
{
    private const int BitsPerLead = 4;

    // Twelve leads of four bits each: no allocation for a component.
    private ulong _order;
    private uint _seen;

    internal bool IsPanel { get; private set; }

    internal int Count { get; private set; }

    internal readonly Lead this[int index] => (Lead)((_order >> (index * BitsPerLead)) & 0xF);

    internal void Add(Lead lead)
    {
        var bit = 1u << (int)lead;
        if ((_seen & bit) == 0)
        {
            _seen |= bit;
            _order |= (ulong)lead << (Count++ * BitsPerLead);
        }
    }

    internal void Add(CodedLeads other)
    {
        IsPanel |= other.IsPanel;
        for (var i = 0; i < other.Count; i++)
        {
            Add(other[i]);
        }
    }

    /// <summary>Adds what a code of the IEEE 11073-10101 nomenclature means; other codes mean nothing here.</summary>
    /// <param name="code">The numeric code or the reference identifier; both are unique in the nomenclature.</param>
    internal void AddCode(ReadOnlySpan<byte> code)
    {
        if (code.SequenceEqual("131328"u8) || code.SequenceEqual("MDC_ECG_ELEC_POTL"u8))
        {
            IsPanel = true;
        }
        else if (MdcLead(code) is { } lead)
        {
            Add(lead);
        }
    }

    /// <summary>
    /// MDC_ECG_ELEC_POTL_x (potential at a lead) and MDC_ECG_LEAD_x (the lead; 256 lower), by number or by identifier.
    /// </summary>
    private static Lead? MdcLead(ReadOnlySpan<byte> code) => code switch
    {
        _ when code.StartsWith("MDC_ECG_ELEC_POTL_"u8) => Suffix(code["MDC_ECG_ELEC_POTL_"u8.Length..]),
        _ when code.StartsWith("MDC_ECG_LEAD_"u8) => Suffix(code["MDC_ECG_LEAD_"u8.Length..]),
        _ when code.SequenceEqual("131329"u8) || code.SequenceEqual("131073"u8) => Lead.I,
        _ when code.SequenceEqual("131330"u8) || code.SequenceEqual("131074"u8) => Lead.II,
        _ when code.SequenceEqual("131389"u8) || code.SequenceEqual("131133"u8) => Lead.III,
        _ when code.SequenceEqual("131390"u8) || code.SequenceEqual("131134"u8) => Lead.AVR,
        _ when code.SequenceEqual("131391"u8) || code.SequenceEqual("131135"u8) => Lead.AVL,
        _ when code.SequenceEqual("131392"u8) || code.SequenceEqual("131136"u8) => Lead.AVF,
        _ when code.SequenceEqual("131331"u8) || code.SequenceEqual("131075"u8) => Lead.V1,
        _ when code.SequenceEqual("131332"u8) || code.SequenceEqual("131076"u8) => Lead.V2,
        _ when code.SequenceEqual("131333"u8) || code.SequenceEqual("131077"u8) => Lead.V3,
        _ when code.SequenceEqual("131334"u8) || code.SequenceEqual("131078"u8) => Lead.V4,
        _ when code.SequenceEqual("131335"u8) || code.SequenceEqual("131079"u8) => Lead.V5,
        _ when code.SequenceEqual("131336"u8) || code.SequenceEqual("131080"u8) => Lead.V6,
        _ => null,
    };

    private static Lead? Suffix(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("I"u8) => Lead.I,
        _ when name.SequenceEqual("II"u8) => Lead.II,
        _ when name.SequenceEqual("III"u8) => Lead.III,
        _ when name.SequenceEqual("AVR"u8) => Lead.AVR,
        _ when name.SequenceEqual("AVL"u8) => Lead.AVL,
        _ when name.SequenceEqual("AVF"u8) => Lead.AVF,
        [(byte)'V', >= (byte)'1' and <= (byte)'6'] => Lead.V1 + (name[1] - '1'),
        _ => null,
    };
}
