using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Fhir;

/// <summary>One FHIR R4 SampledData as it stands in the text; the samples stay there until the rest is known to be right.</summary>
internal struct SampledData
{
    [Flags]
    private enum Seen
    {
        None = 0,
        Origin = 1,
        Period = 2,
        Factor = 4,
        Dimensions = 8,
        Data = 16,
    }

    internal double Origin { get; private set; }

    internal double Factor { get; private set; }

    /// <summary>Milliseconds between samples.</summary>
    internal double Period { get; private set; }

    internal int Dimensions { get; private set; }

    internal VoltageUnit Unit { get; private set; }

    /// <summary>Where the data's JSON string begins, its opening quote included.</summary>
    internal int DataStart { get; private set; }

    /// <summary>Length of the data's JSON string, both quotes included.</summary>
    internal int DataLength { get; private set; }

    internal bool DataEscaped { get; private set; }

    /// <summary>The first thing wrong with it.</summary>
    internal ReasonDefinition? Problem { get; private set; }

    /// <summary>Reads the value of <c>valueSampledData</c>; the reader ends on its last token.</summary>
    internal static SampledData Read(ref Utf8JsonReader reader)
    {
        var result = new SampledData { Factor = 1 };
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            result.Problem = SignalReasons.StructureInvalid;
            reader.Skip();
            return result;
        }

        var seen = Seen.None;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var property = PropertyOf(ref reader, out var isR5);
            reader.Read();
            if (isR5)
            {
                result.Fail(SignalReasons.R5SampledData);
            }

            if ((seen & property) != 0)
            {
                result.Fail(SignalReasons.PropertyDuplicate);
            }

            seen |= property;
            result.ReadProperty(ref reader, property);
        }

        result.Require(seen);
        return result;
    }

    private static Seen PropertyOf(ref Utf8JsonReader reader, out bool isR5)
    {
        isR5 = false;
        if (reader.ValueTextEquals("data"u8))
        {
            return Seen.Data;
        }

        if (reader.ValueTextEquals("origin"u8))
        {
            return Seen.Origin;
        }

        if (reader.ValueTextEquals("period"u8))
        {
            return Seen.Period;
        }

        if (reader.ValueTextEquals("factor"u8))
        {
            return Seen.Factor;
        }

        if (reader.ValueTextEquals("dimensions"u8))
        {
            return Seen.Dimensions;
        }

        isR5 = reader.ValueTextEquals("interval"u8) || reader.ValueTextEquals("intervalUnit"u8)
            || reader.ValueTextEquals("codeMap"u8) || reader.ValueTextEquals("offsets"u8);
        return Seen.None;
    }

    private void ReadProperty(ref Utf8JsonReader reader, Seen property)
    {
        switch (property)
        {
            case Seen.Origin:
                ReadOrigin(ref reader);
                break;
            case Seen.Period:
                Period = Number(ref reader) is { } period and > 0 ? period : Failed(SignalReasons.PeriodInvalid);
                break;
            case Seen.Factor:
                // A negative factor is well defined (inverted counts); zero would make every ECG a flat line.
                Factor = Number(ref reader) is { } factor and not 0 ? factor : Failed(SignalReasons.FactorInvalid);
                break;
            case Seen.Dimensions:
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var dimensions) && dimensions > 0)
                {
                    Dimensions = dimensions;
                }
                else
                {
                    Fail(SignalReasons.DimensionsInvalid);
                    reader.Skip();
                }

                break;
            case Seen.Data when reader.TokenType == JsonTokenType.String:
                DataStart = (int)reader.TokenStartIndex;
                DataLength = reader.ValueSpan.Length + 2;
                DataEscaped = reader.ValueIsEscaped;
                break;
            case Seen.Data:
                Fail(SignalReasons.DataMissing);
                reader.Skip();
                break;
            default:
                // Extensions, ids, limits: lowerLimit and upperLimit only say where L and U begin.
                reader.Skip();
                break;
        }
    }

    private void ReadOrigin(ref Utf8JsonReader reader)
    {
        var origin = VoltageOrigin.Read(ref reader);
        Origin = origin.Value;
        Unit = origin.Unit;
        if (origin.Problem is { } problem)
        {
            Fail(problem);
        }
    }

    private void Require(Seen seen)
    {
        if ((seen & Seen.Origin) == 0)
        {
            Fail(SignalReasons.OriginInvalid);
        }

        if ((seen & Seen.Period) == 0)
        {
            Fail(SignalReasons.PeriodInvalid);
        }

        if ((seen & Seen.Dimensions) == 0)
        {
            Fail(SignalReasons.DimensionsInvalid);
        }

        if ((seen & Seen.Data) == 0)
        {
            Fail(SignalReasons.DataMissing);
        }
    }

    /// <summary>A finite number, or nothing; the reader ends on the value's last token.</summary>
    internal static double? Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;
        }

        reader.Skip();
        return null;
    }

    private void Fail(ReasonDefinition problem)
    {
        // R5 explains the others: its SampledData has no period.
        if (Problem is null || problem == SignalReasons.R5SampledData)
        {
            Problem = problem;
        }
    }

    private double Failed(ReasonDefinition problem)
    {
        Fail(problem);
        return 1;
    }
}
