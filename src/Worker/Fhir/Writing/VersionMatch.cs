using System.Globalization;
using EcgIntegration.Persistence.Writing;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>The condition of an <c>If-Match</c>: weak and strong tags mean the same version.</summary>
internal sealed class VersionMatch
{
    private readonly IList<EntityTagHeaderValue> _tags;

    private VersionMatch(IList<EntityTagHeaderValue> tags) => _tags = tags;

    /// <summary>The condition of a header or an entry; <see langword="null"/> where there is none.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="where">Its place.</param>
    /// <exception cref="WriteRefusedException">It is no entity tag.</exception>
    public static VersionMatch? Read(string? header, string where)
    {
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        return EntityTagHeaderValue.TryParseList([header], out var tags) && tags.Count > 0
            ? new VersionMatch(tags)
            : throw new WriteRefusedException(WriteProblems.IfMatchInvalid.At(where));
    }

    /// <summary>Whether a stored resource, or none, meets it.</summary>
    public bool IsMetBy(HeldResource? held) => held is { IsDeleted: false } && IsMetBy(held.Version);

    /// <summary>Whether a version meets it.</summary>
    public bool IsMetBy(int version)
    {
        var tag = $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";
        return _tags.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Tag.Equals(tag, StringComparison.Ordinal));
    }
}
