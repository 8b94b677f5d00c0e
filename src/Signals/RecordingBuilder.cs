using System.Globalization;
using EcgIntegration.Contracts;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Signals;

/// <summary>Puts leads together to a recording: what every reader does alike once it has millivolts.</summary>
internal sealed class RecordingBuilder
{
    /// <summary>
    /// The largest QRS complexes reach about 6 mV; a wrong unit or factor moves them by 10 or 1,000.
    /// A swing this far from the lead's middle is therefore a mistake of scale.
    /// </summary>
    internal const float ImplausibleMillivolts = 20;

    private readonly double _rate;
    private readonly int _samples;
    private readonly float[] _millivolts;
    private readonly Dictionary<Lead, string> _places = new(EcgRecording.LeadCount);
    private readonly SortedSet<VoltageUnit> _units = [];
    private readonly HashSet<Lead> _present = new(EcgRecording.LeadCount);

    internal RecordingBuilder(double rate, int samples)
    {
        _rate = rate;
        _samples = samples;
        _millivolts = new float[EcgRecording.LeadCount * samples];
    }

    /// <summary>Room for a lead's samples in mV; the caller fills it.</summary>
    internal Span<float> Add(Lead lead, string place, VoltageUnit unit)
    {
        _units.Add(unit);
        _present.Add(lead);
        _places[lead] = place;
        return Slot(lead);
    }

    /// <summary>Notes where a lead without a waveform stands, so that its reason can say so.</summary>
    internal void AddPlace(Lead lead, string place) => _places.TryAdd(lead, place);

    /// <summary>Checks the scale, derives what I and II determine and leaves NaN where a lead is missing.</summary>
    internal ReadResult Build()
    {
        var implausible = new List<Reason>();
        foreach (var lead in LeadCodes.All)
        {
            if (_present.Contains(lead) && Swing(Slot(lead)) > ImplausibleMillivolts)
            {
                implausible.Add(SignalReasons.ScaleImplausible.At(_places[lead], lead.Name(), ImplausibleMillivolts));
            }
        }

        if (implausible.Count > 0)
        {
            return ReadResult.Refused(implausible);
        }

        var derived = new HashSet<Lead>();
        var canDerive = _present.Contains(Lead.I) && _present.Contains(Lead.II);
        foreach (var lead in LeadCodes.All)
        {
            if (_present.Contains(lead))
            {
                continue;
            }

            if (canDerive && lead.IsDerivable())
            {
                Derive(lead);
                derived.Add(lead);
            }
            else
            {
                Slot(lead).Fill(float.NaN);
            }
        }

        var units = string.Join(", ", _units.Select(unit => unit.Ucum()));
        return ReadResult.Of(new EcgRecording(_rate, _samples, _millivolts, derived) { Places = _places, SourceUnit = units });
    }

    internal static Reason? CheckRate(double rate, string? place) =>
        rate is >= SignalLimits.MinimumRate and <= SignalLimits.MaximumRate
            ? null
            : SignalReasons.RateOutOfRange.At(place, Hertz(rate), SignalLimits.MinimumRate, SignalLimits.MaximumRate);

    internal static string Hertz(double rate) => rate.ToString("0.###", CultureInfo.InvariantCulture);

    private Span<float> Slot(Lead lead) => _millivolts.AsSpan((int)lead * _samples, _samples);

    private void Derive(Lead lead)
    {
        ReadOnlySpan<float> one = Slot(Lead.I);
        ReadOnlySpan<float> two = Slot(Lead.II);
        var target = Slot(lead);
        var (a, b) = lead switch
        {
            Lead.III => (-1f, 1f),
            Lead.AVR => (-0.5f, -0.5f),
            Lead.AVL => (1f, -0.5f),
            _ => (-0.5f, 1f),
        };
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = (a * one[i]) + (b * two[i]);
        }
    }

    /// <summary>Largest distance from the lead's mean, so that an electrode offset is no swing.</summary>
    private static float Swing(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        var count = 0;
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var sample in samples)
        {
            if (float.IsFinite(sample))
            {
                sum += sample;
                count++;
                low = Math.Min(low, sample);
                high = Math.Max(high, sample);
            }
        }

        var mean = (float)(sum / Math.Max(count, 1));
        return count == 0 ? 0 : Math.Max(high - mean, mean - low);
    }
}
