using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Training.Data.MitBih;

/// <summary>10 s of a long record with a few leads, as the model's input: prepared alone, as the Worker would get it.</summary>
internal sealed class MitWindow(string record, int firstSample, int length, IReadOnlyDictionary<int, Lead> leads)
{
    /// <summary>Reads it; leads that the record lacks stay zero.</summary>
    /// <exception cref="TrainingException">The record cannot be read or used.</exception>
    public void Read(Span<float> tensor)
    {
        WfdbRecord window;
        try
        {
            window = WfdbReader.Read(record + ".hea", firstSample, length);
        }
        catch (WfdbException e)
        {
            throw new TrainingException($"In {Path.GetDirectoryName(record)}: {e.Message}", e);
        }

        tensor.Clear();
        foreach (var (index, lead) in leads)
        {
            var samples = window.Signals[index].Physical;
            EcgTensors.CheckSamples(samples, lead, window.Name);
            Preprocessor.FirstWindow(samples, window.SamplingRate, tensor.Slice((int)lead * EcgTensors.Samples, EcgTensors.Samples));
        }
    }
}
