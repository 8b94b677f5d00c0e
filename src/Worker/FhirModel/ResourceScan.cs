using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace EcgIntegration.Worker.FhirModel;

/// <summary>What keeps a resource from being given to the parser.</summary>
internal enum ScanProblem
{
    /// <summary>It is not JSON.</summary>
    NotJson,

    /// <summary>It is not Unicode, or holds an unpaired surrogate.</summary>
    NotText,

    /// <summary>A <c>resourceType</c> is no text, or the resource has none.</summary>
    TypeInvalid,

    /// <summary>It has more values than <see cref="ResourceScan.MaximumElements"/>, or a name that is too long.</summary>
    TooComplex,
}

/// <summary>
/// A look over a resource before Firely's parser reads it. That one notes every element it does not know, with its name
/// and its resource's type: a body made of nothing else would take a thousand times its own size of memory.
/// </summary>
internal static class ResourceScan
{
    /// <summary>Most values; an ECG of twelve leads has a few hundred.</summary>
    public const int MaximumElements = 10_000;

    /// <summary>Longest name of an element or a resource type, in bytes; FHIR's own are half as long.</summary>
    public const int LongestName = 100;

    /// <summary>Looks over a resource.</summary>
    /// <param name="resource">JSON, UTF-8.</param>
    /// <param name="type">Its <c>resourceType</c>, where there is no problem.</param>
    /// <returns>Why it is not given to the parser, or <see langword="null"/>.</returns>
    public static ScanProblem? Examine(ReadOnlySpan<byte> resource, out string type)
    {
        type = "";
        if (!Utf8.IsValid(resource))
        {
            return ScanProblem.NotText;
        }

        var reader = new Utf8JsonReader(resource);
        try
        {
            return Read(ref reader, ref type);
        }
        catch (JsonException)
        {
            return ScanProblem.NotJson;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate.
            return ScanProblem.NotText;
        }
    }

    private static ScanProblem? Read(ref Utf8JsonReader reader, ref string type)
    {
        var elements = 0;
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
                    return ScanProblem.TypeInvalid;
                }

                tooLong |= reader.ValueSpan.Length > LongestName;
                if (!tooLong && reader.CurrentDepth == 1)
                {
                    type = reader.GetString()!;
                }

                elements++;
            }

            if (tooLong)
            {
                return ScanProblem.TooComplex;
            }
        }

        return elements > MaximumElements ? ScanProblem.TooComplex : type.Length > 0 ? null : ScanProblem.TypeInvalid;
    }

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
