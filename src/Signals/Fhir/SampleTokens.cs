using System.Buffers.Text;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Signals.Fhir;

/// <summary>One lead's samples as tokens of a SampledData, written without a string each.</summary>
internal abstract class SampleTokens
{
    /// <summary>Writes a sample's token.</summary>
    /// <returns>Its length in bytes.</returns>
    internal abstract int Format(int index, Span<byte> target);

    private protected static int Letter(char letter, Span<byte> target)
    {
        target[0] = (byte)letter;
        return 1;
    }
}

/// <summary>A recorder's counts.</summary>
internal sealed class Counts(WfdbSignal signal) : SampleTokens
{
    internal override int Format(int index, Span<byte> target)
    {
        if (signal.Counts[index] == WfdbSignal.Missing)
        {
            return Letter('E', target);
        }

        Utf8Formatter.TryFormat(signal.Counts[index], target, out var written);
        return written;
    }
}

/// <summary>A recording's voltages as the shortest decimals that read back as the same floats.</summary>
internal sealed class Decimals(EcgRecording recording, Lead lead, double scale) : SampleTokens
{
    internal override int Format(int index, Span<byte> target)
    {
        var value = recording[lead][index];
        if (!float.IsFinite(value))
        {
            return Letter(float.IsNaN(value) ? 'E' : value < 0 ? 'L' : 'U', target);
        }

        // In mV the float's own digits are the shortest; in another unit the product needs a double's.
        int written;
        if (scale == 1)
        {
            Utf8Formatter.TryFormat(value, target, out written);
        }
        else
        {
            Utf8Formatter.TryFormat(value * scale, target, out written);
        }

        return written;
    }
}
