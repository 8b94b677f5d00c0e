using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Fhir;

/// <summary>SampledData.origin: the voltage of datum 0 and the unit of everything.</summary>
internal struct VoltageOrigin
{
    [Flags]
    private enum Seen
    {
        None = 0,
        Value = 1,
        Unit = 2,
        System = 4,
        Code = 8,
    }

    private VoltageUnit? _code;
    private VoltageUnit? _text;
    private bool _isUcum;

    internal double Value { get; private set; }

    internal VoltageUnit Unit { get; private set; }

    internal ReasonDefinition? Problem { get; private set; }

    /// <summary>Reads the value of <c>origin</c>; the reader ends on its last token.</summary>
    internal static VoltageOrigin Read(ref Utf8JsonReader reader)
    {
        var result = new VoltageOrigin { _isUcum = true };
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            result.Problem = SignalReasons.OriginInvalid;
            reader.Skip();
            return result;
        }

        var seen = Seen.None;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var property = PropertyOf(ref reader);
            reader.Read();
            if ((seen & property) != 0)
            {
                result.Problem ??= SignalReasons.PropertyDuplicate;
            }

            seen |= property;
            result.ReadProperty(ref reader, property);
        }

        if ((seen & Seen.Value) == 0)
        {
            result.Problem ??= SignalReasons.OriginInvalid;
        }

        result.DecideUnit(seen);
        return result;
    }

    private static Seen PropertyOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("value"u8) ? Seen.Value
        : reader.ValueTextEquals("unit"u8) ? Seen.Unit
        : reader.ValueTextEquals("system"u8) ? Seen.System
        : reader.ValueTextEquals("code"u8) ? Seen.Code
        : Seen.None;

    private void ReadProperty(ref Utf8JsonReader reader, Seen property)
    {
        Span<byte> buffer = stackalloc byte[JsonText.ShortLength];
        switch (property)
        {
            case Seen.Value:
                if (SampledData.Number(ref reader) is { } value)
                {
                    Value = value;
                }
                else
                {
                    Problem ??= SignalReasons.OriginInvalid;
                }

                break;
            case Seen.Unit:
                _text = VoltageUnits.Parse(buffer[..JsonText.CopyShort(ref reader, buffer)]);
                break;
            case Seen.System:
                _isUcum = buffer[..JsonText.CopyShort(ref reader, buffer)].SequenceEqual("http://unitsofmeasure.org"u8);
                break;
            case Seen.Code:
                _code = VoltageUnits.Parse(buffer[..JsonText.CopyShort(ref reader, buffer)]);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    /// <summary>The UCUM code decides; the printed unit does where there is no code, and may not contradict it.</summary>
    private void DecideUnit(Seen seen)
    {
        var hasCode = (seen & Seen.Code) != 0 && _isUcum;
        if ((hasCode ? _code : _text) is { } unit)
        {
            Unit = unit;
            if (hasCode && _text is { } text && text != unit)
            {
                Problem ??= SignalReasons.UnitAmbiguous;
            }
        }
        else
        {
            Problem ??= (seen & (Seen.Code | Seen.Unit)) == 0 ? SignalReasons.UnitMissing : SignalReasons.UnitUnknown;
        }
    }
}
