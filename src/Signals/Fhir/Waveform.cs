using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Fhir;

/// <summary>One component, or the Observation itself, as far as it concerns the signal.</summary>
internal struct Waveform
{
    [Flags]
    private enum Seen
    {
        None = 0,
        Code = 1,
        Data = 2,
    }

    private Seen _seen;
    private SampledData _data;

    /// <summary>Position in <c>component</c>, or -1 for the Observation itself.</summary>
    internal int Index { get; init; }

    internal CodedLeads Leads { get; private set; }

    internal readonly SampledData Data => _data;

    internal readonly bool HasData => (_seen & Seen.Data) != 0;

    /// <summary>Whether it has a value of another type, or says that there is none.</summary>
    internal bool HasOtherValue { get; private set; }

    /// <summary>What is wrong with its own properties; what is wrong with the data stands there.</summary>
    internal ReasonDefinition? Problem { get; private set; }

    internal readonly string Place => Index < 0
        ? "valueSampledData"
        : string.Create(CultureInfo.InvariantCulture, $"component[{Index}]");

    /// <summary>Reads a property that concerns the signal, or skips it; the reader stands on its name and ends on its last token.</summary>
    internal void ReadProperty(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("code"u8))
        {
            Once(Seen.Code);
            reader.Read();
            ReadConcept(ref reader);
        }
        else if (reader.ValueTextEquals("valueSampledData"u8))
        {
            Once(Seen.Data);
            reader.Read();
            _data = SampledData.Read(ref reader);
        }
        else if (reader.ValueTextEquals("modifierExtension"u8))
        {
            Problem ??= SignalReasons.ModifierExtension;
            reader.Skip();
        }
        else
        {
            HasOtherValue |= !reader.ValueIsEscaped
                && (reader.ValueSpan.StartsWith("value"u8) || reader.ValueSpan.SequenceEqual("dataAbsentReason"u8));
            reader.Skip();
        }
    }

    private void Once(Seen property)
    {
        if ((_seen & property) != 0)
        {
            Problem ??= SignalReasons.PropertyDuplicate;
        }

        _seen |= property;
    }

    private void ReadConcept(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Problem ??= SignalReasons.StructureInvalid;
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isCoding = reader.ValueTextEquals("coding"u8);
            reader.Read();
            if (!isCoding)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    ReadCoding(ref reader);
                }
            }
            else
            {
                Problem ??= SignalReasons.StructureInvalid;
                reader.Skip();
            }
        }
    }

    private void ReadCoding(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Problem ??= SignalReasons.StructureInvalid;
            reader.Skip();
            return;
        }

        Span<byte> buffer = stackalloc byte[JsonText.ShortLength];
        var coded = default(CodedLeads);
        var isNomenclature = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isCode = reader.ValueTextEquals("code"u8);
            var isSystem = reader.ValueTextEquals("system"u8);
            reader.Read();
            if (isCode)
            {
                coded.AddCode(buffer[..JsonText.CopyShort(ref reader, buffer)]);
            }
            else if (isSystem)
            {
                var system = buffer[..JsonText.CopyShort(ref reader, buffer)];
                isNomenclature = system.SequenceEqual("urn:oid:2.16.840.1.113883.6.24"u8)
                    || system.SequenceEqual("urn:iso:std:iso:11073:10101"u8);
            }
            else
            {
                reader.Skip();
            }
        }

        if (isNomenclature)
        {
            var leads = Leads;
            leads.Add(coded);
            Leads = leads;
        }
    }
}
