using EcgIntegration.Worker.Fhir.Search;
using EcgIntegration.Worker.FhirModel;
using Microsoft.AspNetCore.WebUtilities;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>Reads searches that decide about a write. Nothing of them is ever ignored: a part left out would find too much.</summary>
internal sealed class ConditionReader(CursorSeal seal)
{
    /// <summary>Reads one.</summary>
    /// <param name="type">The type searched.</param>
    /// <param name="query">A query string, with or without its question mark.</param>
    /// <param name="server">This server's base URLs.</param>
    /// <param name="place">Where it stands in the request.</param>
    /// <exception cref="WriteRefusedException">It is no search that narrows anything.</exception>
    public WriteCondition Read(string type, string query, ServerBase server, string place)
    {
        // Some clients name the type before the question mark here too.
        var text = query[(query.IndexOf('?', StringComparison.Ordinal) + 1)..];
        List<KeyValuePair<string, string>> parameters =
            [.. QueryHelpers.ParseQuery(text).SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))];
        var request = new SearchRequestReader(type, server, seal).Read(parameters, strict: true, out var problems)
            ?? throw new WriteRefusedException([.. problems.Select(problem => problem.At(place))]);
        return request.Query.Criteria.Count > 0
            ? new WriteCondition(Key(type, parameters), request.Query, place)
            : throw new WriteRefusedException(WriteProblems.ConditionInvalid.At(place));
    }

    /// <summary>Lengths stand before the parts: no two conditions give one text.</summary>
    private static string Key(string type, IEnumerable<KeyValuePair<string, string>> parameters) => string.Join(
        '&',
        parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key.Length}:{pair.Key}={pair.Value.Length}:{pair.Value}").Prepend(type));
}
