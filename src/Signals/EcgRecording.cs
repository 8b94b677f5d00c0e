using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EcgIntegration.Signals;

/// <summary>One ECG: simultaneous leads in millivolts at one sampling rate.</summary>
public sealed class EcgRecording
{
    /// <summary>Leads of a standard ECG.</summary>
    public const int LeadCount = 12;

    private readonly float[] _millivolts;

    /// <summary>Takes ownership of the samples.</summary>
    /// <param name="samplingRate">Samples a second and lead, in Hz.</param>
    /// <param name="sampleCount">Samples a lead.</param>
    /// <param name="millivolts">Lead-major, 12 x <paramref name="sampleCount"/>, mV; NaN where a sample or a whole lead is missing, an infinity where the recorder's limit was passed.</param>
    /// <param name="derived">Leads computed from I and II because the source had none.</param>
    public EcgRecording(double samplingRate, int sampleCount, float[] millivolts, IReadOnlySet<Lead> derived)
    {
        ArgumentNullException.ThrowIfNull(millivolts);
        ArgumentOutOfRangeException.ThrowIfNotEqual(millivolts.Length, LeadCount * sampleCount);
        SamplingRate = samplingRate;
        SampleCount = sampleCount;
        _millivolts = millivolts;
        Derived = derived;
    }

    /// <summary>Samples a second and lead, in Hz.</summary>
    public double SamplingRate { get; }

    /// <summary>Samples a lead.</summary>
    public int SampleCount { get; }

    /// <summary>Length of the recording.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(SampleCount / SamplingRate);

    /// <summary>Leads computed from I and II because the source had none.</summary>
    public IReadOnlySet<Lead> Derived { get; }

    /// <summary>All samples, lead-major, mV.</summary>
    public ReadOnlySpan<float> Millivolts => _millivolts;

    /// <summary>One lead's samples, mV.</summary>
    public ReadOnlySpan<float> this[Lead lead] => _millivolts.AsSpan((int)lead * SampleCount, SampleCount);

    /// <summary>Where each lead stood in the source, such as <c>component[8]</c>; a lead without an entry was not there.</summary>
    public IReadOnlyDictionary<Lead, string> Places { get; init; } = new Dictionary<Lead, string>();

    /// <summary>Unit of the source (UCUM), which the samples were converted from; several, with commas, where its leads differ.</summary>
    public string SourceUnit { get; init; } = "mV";

    /// <summary>Identity of the signal: SHA-256 over the rate and every sample's bits, lead-major; lower-case hexadecimal.</summary>
    public string ComputeSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> rate = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(rate, SamplingRate);
        hash.AppendData(rate);
        hash.AppendData(MemoryMarshal.AsBytes(Millivolts));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
