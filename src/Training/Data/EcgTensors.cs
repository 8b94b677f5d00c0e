using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Training.Data;

/// <summary>The model's input for a record, made by the same code that the Worker uses.</summary>
/// <remarks>
/// Some public copies of PTB-XL hold signals that preprocessing v1 has already passed: 100 Hz, 10 s, unit <c>NU</c> (no
/// unit: each lead was band-passed and z-scored, its voltage is gone). Those are only z-scored again, because they were
/// rounded to 16 bits since, and never filtered twice. Records with a voltage take the Worker's way.
/// </remarks>
internal static class EcgTensors
{
    /// <summary>Samples a lead.</summary>
    public const int Samples = Preprocessor.WindowSamples;

    /// <summary>Values a tensor, 12 x 1,000, lead-major in the order of <see cref="Lead"/>.</summary>
    public const int Length = EcgTensor.WindowLength;

    private const string Normalised = "NU";

    /// <summary>Reads the first 10 s of a WFDB record into <see cref="Length"/> values.</summary>
    /// <param name="record">Path of the record without extension.</param>
    /// <param name="tensor">Receives the model's input.</param>
    /// <param name="most">Samples to read of a record that is too long for a recording; <see langword="null"/> for all.</param>
    /// <exception cref="TrainingException">The record cannot be read or used.</exception>
    public static void Read(string record, Span<float> tensor, int? most = null)
    {
        try
        {
            var wfdb = WfdbReader.Read(record + ".hea", 0, most);
            if (wfdb.Signals.All(signal => signal.Unit == Normalised))
            {
                ReadNormalised(wfdb, tensor);
            }
            else
            {
                ReadVoltages(wfdb, tensor);
            }
        }
        catch (WfdbException e)
        {
            throw new TrainingException($"In {Path.GetDirectoryName(record)}: {e.Message}", e);
        }
    }

    /// <summary>The first 10 s of a recording as the model's input.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="name">What to call it where it cannot be used.</param>
    /// <param name="tensor">Receives the model's input.</param>
    /// <exception cref="TrainingException">It is too short, or lacks a lead or samples.</exception>
    public static void Of(EcgRecording recording, string name, Span<float> tensor)
    {
        if (Preprocessor.WindowCount(recording) == 0)
        {
            throw new TrainingException($"The record {name} is shorter than {Preprocessor.MinimumSeconds} s: take it out of the data set.");
        }

        foreach (var lead in LeadCodes.All)
        {
            CheckSamples(recording[lead], lead, name);
        }

        using var prepared = Preprocessor.ToTensor(recording);
        prepared[0].Span.CopyTo(tensor);
    }

    /// <summary>Refuses a lead that is missing or lacks samples.</summary>
    /// <exception cref="TrainingException">Not every sample is a number.</exception>
    public static void CheckSamples(ReadOnlySpan<float> samples, Lead lead, string name)
    {
        if (!samples.ContainsAnyExcept(float.NaN))
        {
            throw new TrainingException($"The record {name} lacks the lead {lead.Name()}: take it out of the data set.");
        }

        for (var i = 0; i < samples.Length; i++)
        {
            if (!float.IsFinite(samples[i]))
            {
                throw new TrainingException($"The record {name} lacks sample {i} of lead {lead.Name()} (missing, not a number, or beyond the recorder's range): take it out of the data set.");
            }
        }
    }

    private static void ReadVoltages(WfdbRecord record, Span<float> tensor)
    {
        var read = WfdbReader.ToRecording(record);
        if (read.Recording is not { } recording)
        {
            throw new TrainingException($"The record {record.Name} cannot be used: {read.Reasons[0].En}");
        }

        Of(recording, record.Name, tensor);
    }

    private static void ReadNormalised(WfdbRecord record, Span<float> tensor)
    {
        if (record.SamplingRate != Preprocessor.TensorRate || record.SampleCount != Samples)
        {
            throw new TrainingException($"The record {record.Name} has unit NU but not 1,000 samples at 100 Hz: fetch it again.");
        }

        var seen = new HashSet<Lead>();
        foreach (var signal in record.Signals)
        {
            if (!LeadCodes.TryParseName(signal.Name, out var lead) || !seen.Add(lead))
            {
                throw new TrainingException($"The record {record.Name} must name each of the twelve leads once: fetch it again.");
            }

            var target = tensor.Slice((int)lead * Samples, Samples);
            CheckSamples(signal.Physical, lead, record.Name);
            signal.Physical.CopyTo(target);
            Preprocessor.Standardise(target);
        }

        if (seen.Count != EcgRecording.LeadCount)
        {
            throw new TrainingException($"The record {record.Name} has {seen.Count} of twelve leads: fetch it again.");
        }
    }
}
