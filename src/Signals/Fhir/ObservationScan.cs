using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Fhir;

/// <summary>One pass over the JSON that notes every waveform and lead code, whatever the order of properties.</summary>
internal sealed class ObservationScan
{
    private bool _isObservation;
    private bool _sawComponents;
    private Waveform _root = new() { Index = -1 };

    /// <summary>Everything with a waveform or a lead code, in the order of the text; the Observation's own value last.</summary>
    internal List<Waveform> Waveforms { get; } = new(EcgRecording.LeadCount + 1);

    /// <summary>Why the whole is refused.</summary>
    internal Reason? Problem { get; private set; }

    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string is not Unicode.</exception>
    internal void Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                ReadProperty(ref reader);
            }
        }
        else
        {
            reader.Skip();
        }

        // Anything but white space behind the resource makes the reader throw.
        while (reader.Read())
        {
        }

        if (!_isObservation)
        {
            Problem = SignalReasons.NotObservation.At(null);
        }
        else if (_root.Problem is { } problem)
        {
            Problem ??= problem.At(null);
        }
        else
        {
            Note(_root);
        }
    }

    private void ReadProperty(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("resourceType"u8))
        {
            reader.Read();
            _isObservation = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("Observation"u8);
            reader.Skip();
        }
        else if (reader.ValueTextEquals("component"u8))
        {
            if (_sawComponents)
            {
                Problem ??= SignalReasons.PropertyDuplicate.At("component");
            }

            _sawComponents = true;
            reader.Read();
            ReadComponents(ref reader);
        }
        else
        {
            _root.ReadProperty(ref reader);
        }
    }

    private void ReadComponents(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Problem ??= SignalReasons.StructureInvalid.At("component");
            reader.Skip();
            return;
        }

        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var component = new Waveform { Index = index };
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                Problem ??= SignalReasons.StructureInvalid.At(component.Place);
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                component.ReadProperty(ref reader);
            }

            Note(component);
        }
    }

    private void Note(in Waveform waveform)
    {
        if (!waveform.HasData && (waveform.Leads.Count == 0 || waveform.Index < 0))
        {
            return;
        }

        if (Waveforms.Count >= SignalLimits.MaximumWaveforms)
        {
            Problem ??= SignalReasons.TooManyWaveforms.At(null, SignalLimits.MaximumWaveforms);
            return;
        }

        Waveforms.Add(waveform);
    }
}
