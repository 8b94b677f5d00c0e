using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace EcgIntegration.Worker.FhirModel;

/// <summary>
/// Firely's strict parser, and what has to be known to give it any input: it checks names, cardinality, required value sets and
/// the forms of primitives, lists what is wrong - and throws some of it, and now and then stumbles.
/// </summary>
internal static class R4Parser
{
    /// <summary>The code of a fault of the parser's own.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>Firely's code for a text over 1 MB.</summary>
    private const string TextTooLong = "PVAL124";

    /// <summary>Firely's code for an object without members.</summary>
    private const string ObjectEmpty = "JSON120";

    /// <summary>Firely's code for an element without value and children.</summary>
    private const string ElementEmpty = "PVAL129";

    /// <summary>How Firely names the root where an element of it is missing.</summary>
    private const string Root = "$this";

    private static readonly FhirJsonDeserializer Deserializer = new(new DeserializerSettings().UsingMode(DeserializationMode.Strict));

    /// <summary>Reads a resource that <see cref="ResourceScan"/> has found nothing against.</summary>
    /// <param name="json">The resource, UTF-8.</param>
    /// <param name="type">Its type.</param>
    /// <param name="most">Most problems told.</param>
    /// <param name="problems">What is wrong with it.</param>
    /// <returns>The resource, where nothing is wrong.</returns>
    public static Resource? Parse(ReadOnlySpan<byte> json, string type, int most, out IReadOnlyList<ModelProblem> problems)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            Deserializer.TryDeserializeResource(ref reader, out var resource, out var issues);
            // The samples are not Firely's to read: its limit for a text stands below the longest recording that is taken.
            problems = [.. issues.Where(issue => !IsSamplesTooLong(issue) && !IsTypeAlone(issue, type)).Take(most).Select(issue => Describe(issue, type))];
            return problems.Count == 0 ? resource : null;
        }
        catch (CodedException e)
        {
            // Some malformed elements are thrown instead of listed.
            problems = [Describe(e, type)];
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The parser's own faults, of which fuzzing finds several, are the input's all the same: reading it again would not help.
            problems = [new(null, Unreadable)];
            return null;
        }
    }

    /// <summary>Firely takes a resource for empty that has nothing but its type; R4 does not: that is a member, and elements are what must not be empty.</summary>
    private static bool IsTypeAlone(CodedException issue, string type) =>
        issue.ErrorCode is ObjectEmpty or ElementEmpty && PathOf(issue) is { } path && (path == type || path == Root);

    private static bool IsSamplesTooLong(CodedException issue) => issue.ErrorCode == TextTooLong && PathOf(issue)?.EndsWith(".data", StringComparison.Ordinal) == true;

    /// <summary>Code and place only: Firely's messages can quote values.</summary>
    private static ModelProblem Describe(CodedException issue, string type)
    {
        var path = PathOf(issue);
        if (path is not null && path.StartsWith(Root, StringComparison.Ordinal))
        {
            path = type + path[Root.Length..];
        }

        return new(ElementPath.Known(path), issue.ErrorCode);
    }

    private static string? PathOf(CodedException issue) => (issue as ExtendedCodedException)?.InstancePath;
}

/// <summary>One thing that is wrong with a resource.</summary>
/// <param name="Path">The element, as far as FHIR knows it; <see langword="null"/> where that is not told.</param>
/// <param name="Code">Firely's code.</param>
internal sealed record ModelProblem(string? Path, string Code);
