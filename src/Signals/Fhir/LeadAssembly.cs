using System.Buffers;
using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Fhir;

/// <summary>From the waveforms that were found to leads: who is who, do they fit together, and what are the samples.</summary>
internal sealed class LeadAssembly
{
    private readonly List<Waveform> _waveforms;
    private readonly List<Reason> _reasons = [];

    // The waveforms that carry leads, with the leads of each in the order of its dimensions.
    private readonly List<(Waveform Waveform, IReadOnlyList<Lead> Leads)> _sources = new(EcgRecording.LeadCount);
    private readonly List<Waveform> _names = [];
    private Waveform? _uncoded;

    internal LeadAssembly(List<Waveform> waveforms) => _waveforms = waveforms;

    internal ReadResult Decode(ReadOnlySpan<byte> text)
    {
        FindNames();
        foreach (var waveform in _waveforms)
        {
            Place(waveform);
        }

        CheckCompleteness();
        var rate = CheckRates();
        return _reasons.Count > 0 ? ReadResult.Refused(_reasons) : ReadSamples(text, rate);
    }

    /// <summary>Components with a lead code and nothing else name the dimensions of the one panel there is.</summary>
    private void FindNames()
    {
        if (_waveforms.Count(waveform => waveform is { HasData: true, Data.Dimensions: > 1, Leads.Count: 0 }) == 1)
        {
            _names.AddRange(_waveforms.Where(waveform => waveform is { HasData: false, HasOtherValue: false, Leads.Count: 1 }));
        }
    }

    private void Place(in Waveform waveform)
    {
        if (!waveform.HasData)
        {
            return;
        }

        if (waveform.Problem is { } own)
        {
            _reasons.Add(own.At(waveform.Place));
            return;
        }

        var named = _names.Count > 0 && waveform is { Data.Dimensions: > 1, Leads.Count: 0 };
        if (waveform.Leads is { Count: 0, IsPanel: false } && !named)
        {
            _uncoded ??= waveform;
            return;
        }

        if (waveform.Data.Problem is { } problem)
        {
            _reasons.Add(problem.At(waveform.Place));
        }
        else if (LeadsOf(waveform) is { } leads)
        {
            foreach (var lead in leads)
            {
                if (_sources.Any(source => source.Leads.Contains(lead)))
                {
                    _reasons.Add(SignalReasons.LeadDuplicate.At(waveform.Place, lead.Name()));
                }
            }

            _sources.Add((waveform, leads));
        }
    }

    private IReadOnlyList<Lead>? LeadsOf(in Waveform waveform)
    {
        var dimensions = waveform.Data.Dimensions;
        var coded = waveform.Leads;
        if (coded.IsPanel || coded.Count == 0)
        {
            IReadOnlyList<Lead>? leads = (coded.Count, _names.Count) switch
            {
                ( > 0, _) => [.. Enumerable.Range(0, coded.Count).Select(i => coded[i])],
                (0, > 0) => [.. _names.Select(name => name.Leads[0])],
                _ when dimensions == LeadCodes.All.Count => LeadCodes.All,
                _ when dimensions == LeadCodes.Independent.Count => LeadCodes.Independent,
                _ => null,
            };
            if (leads?.Count == dimensions && leads.Distinct().Count() == dimensions)
            {
                return leads;
            }

            _reasons.Add(SignalReasons.PanelLeadsUnknown.At(waveform.Place, dimensions));
            return null;
        }

        if (coded.Count > 1)
        {
            _reasons.Add(SignalReasons.LeadCodeAmbiguous.At(waveform.Place));
            return null;
        }

        if (dimensions != 1)
        {
            _reasons.Add(SignalReasons.DimensionsInvalid.At(waveform.Place));
            return null;
        }

        return [coded[0]];
    }

    private void CheckCompleteness()
    {
        if (_reasons.Count > 0)
        {
            return;
        }

        if (_uncoded is { } uncoded && LeadCodes.Independent.Any(lead => !_sources.Any(source => source.Leads.Contains(lead))))
        {
            _reasons.Add(SignalReasons.LeadCodeUnknown.At(uncoded.Place));
        }
        else if (_sources.Count == 0)
        {
            _reasons.Add(SignalReasons.NoWaveform.At(null));
        }
    }

    private double CheckRates()
    {
        double? first = null;
        foreach (var (waveform, _) in _sources)
        {
            var rate = SignalLimits.RateOfPeriod(waveform.Data.Period);
            first ??= rate;
            if (RecordingBuilder.CheckRate(rate, waveform.Place) is { } reason)
            {
                _reasons.Add(reason);
            }
            else if (rate != first)
            {
                _reasons.Add(SignalReasons.RatesDiffer.At(waveform.Place, RecordingBuilder.Hertz(rate), RecordingBuilder.Hertz(first.Value)));
            }
        }

        return first ?? 0;
    }

    private ReadResult ReadSamples(ReadOnlySpan<byte> text, double rate)
    {
        RecordingBuilder? builder = null;
        var samples = 0;
        foreach (var (waveform, leads) in _sources)
        {
            byte[]? rented = null;
            try
            {
                var data = waveform.Data.DataEscaped
                    ? Unescape(text, waveform.Data, out rented)
                    : text.Slice(waveform.Data.DataStart + 1, waveform.Data.DataLength - 2);
                if (data is { IsEmpty: true } && rented is not null)
                {
                    _reasons.Add(SignalReasons.DataTokenInvalid.At(waveform.Place, 1));
                    continue;
                }

                if (CountSamples(data, waveform, leads) is not { } count)
                {
                    continue;
                }

                builder ??= new RecordingBuilder(rate, samples = count);
                if (count == samples)
                {
                    DecodeInto(builder, data, waveform, leads, samples);
                }
                else if (!HasBadToken(data, waveform, count * leads.Count))
                {
                    // A wrong separator changes the number of tokens too, and is the better thing to say.
                    _reasons.Add(SignalReasons.LengthsDiffer.At(waveform.Place, leads[0].Name(), count, samples));
                }
            }
            finally
            {
                if (rented is not null)
                {
                    ArrayPool<byte>.Shared.Return(rented);
                }
            }
        }

        if (_reasons.Count > 0 || builder is null)
        {
            return ReadResult.Refused(_reasons);
        }

        foreach (var waveform in _waveforms)
        {
            if (waveform is { HasData: false, Leads.Count: 1 })
            {
                builder.AddPlace(waveform.Leads[0], waveform.Place);
            }
        }

        return builder.Build();
    }

    private int? CountSamples(ReadOnlySpan<byte> data, in Waveform waveform, IReadOnlyList<Lead> leads)
    {
        var most = SignalLimits.MaximumSamples * leads.Count;
        var values = SampleText.Count(data, most);
        Reason? reason = values switch
        {
            0 => SignalReasons.DataMissing.At(waveform.Place),
            _ when values > most => SignalReasons.TooLong.At(waveform.Place, SignalLimits.MaximumSamples),
            _ when values % leads.Count != 0 => SignalReasons.DataCountMismatch.At(waveform.Place, values, leads.Count),
            _ => null,
        };
        if (reason is null)
        {
            return values / leads.Count;
        }

        _reasons.Add(reason);
        return null;
    }

    private void DecodeInto(RecordingBuilder builder, ReadOnlySpan<byte> data, in Waveform waveform, IReadOnlyList<Lead> leads, int samples)
    {
        if (leads.Count == 1)
        {
            Decode(data, waveform, builder.Add(leads[0], waveform.Place, waveform.Data.Unit));
            return;
        }

        var values = samples * leads.Count;
        var rented = ArrayPool<float>.Shared.Rent(values);
        try
        {
            Decode(data, waveform, rented.AsSpan(0, values));
            for (var i = 0; i < leads.Count; i++)
            {
                var target = builder.Add(leads[i], waveform.Place, waveform.Data.Unit);
                for (var t = 0; t < samples; t++)
                {
                    target[t] = rented[(t * leads.Count) + i];
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private bool HasBadToken(ReadOnlySpan<byte> data, in Waveform waveform, int values)
    {
        var rented = ArrayPool<float>.Shared.Rent(values);
        var isRight = Decode(data, waveform, rented.AsSpan(0, values));
        ArrayPool<float>.Shared.Return(rented);
        return !isRight;
    }

    private bool Decode(ReadOnlySpan<byte> data, in Waveform waveform, Span<float> millivolts)
    {
        var source = waveform.Data;
        var badToken = SampleText.Decode(data, source.Origin, source.Factor, source.Unit.ToMillivolts(), millivolts);
        if (badToken > 0)
        {
            _reasons.Add(SignalReasons.DataTokenInvalid.At(waveform.Place, badToken));
        }

        return badToken == 0;
    }

    /// <summary>White space may be written as \n, \t or \u0020; empty where the escapes are not Unicode.</summary>
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text, in SampledData data, out byte[] rented)
    {
        rented = ArrayPool<byte>.Shared.Rent(data.DataLength);
        var reader = new Utf8JsonReader(text.Slice(data.DataStart, data.DataLength));
        reader.Read();
        try
        {
            return rented.AsSpan(0, reader.CopyString(rented));
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }
}
