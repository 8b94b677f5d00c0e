using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Intake;

/// <summary>
/// A look over an Observation before Firely's parser reads it. That one notes every element it does not know, with its name
/// and its resource's type: a body made of nothing else would take a thousand times its own size of memory.
/// </summary>
internal static class EnvelopeScan
{
    /// <summary>Most values; an ECG of twelve leads has a few hundred.</summary>
    public const int MaximumElements = 10_000;

    /// <summary>Longest name of an element or a resource type, in bytes; FHIR's own are half as long.</summary>
    public const int LongestName = 100;

    /// <summary>Why it is not given to the parser, or <see langword="null"/>.</summary>
    public static Reason? Examine(ReadOnlySpan<byte> observation)
    {
        if (!Utf8.IsValid(observation))
        {
            return StorageReasons.InvalidText.At("observation");
        }

        var reader = new Utf8JsonReader(observation);
        try
        {
            return Read(ref reader);
        }
        catch (JsonException)
        {
            return EventReasons.FhirInvalid.At("observation", "JSON");
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate.
            return StorageReasons.InvalidText.At("observation");
        }
    }

    private static Reason? Read(ref Utf8JsonReader reader)
    {
        var elements = 0;
        var isObservation = false;
        while (reader.Read())
        {
            RequireText(ref reader);
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                elements++;
                continue;
            }

            var isType = reader.ValueTextEquals("resourceType"u8);
            var tooLong = reader.ValueSpan.Length > LongestName;
            if (isType)
            {
                reader.Read();
                RequireText(ref reader);
                if (reader.TokenType != JsonTokenType.String)
                {
                    return TypeInvalid;
                }

                tooLong |= reader.ValueSpan.Length > LongestName;
                isObservation |= reader.CurrentDepth == 1 && reader.ValueTextEquals("Observation"u8);
                elements++;
            }

            if (tooLong)
            {
                return TooComplex;
            }
        }

        return elements > MaximumElements ? TooComplex : isObservation ? null : TypeInvalid;
    }

    private static Reason TypeInvalid => EventReasons.FhirInvalid.At("observation", "resourceType");

    private static Reason TooComplex => EventReasons.ObservationTooComplex.At("observation", MaximumElements, LongestName);

    private static void RequireText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped || reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            reader.CopyString(rented);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
