using System.Text;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Links of a Bundle.</summary>
internal static class SearchLinks
{
    /// <summary>Parameters as a query string with its question mark; empty where there are none.</summary>
    public static string QueryString(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            // Names are those of parameters that were understood: their colons and points may stand in a query as they are.
            text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    /// <summary>The same, for a page that starts at a place.</summary>
    public static string QueryString(IEnumerable<KeyValuePair<string, string>> parameters, string? cursor) =>
        QueryString(cursor is null ? parameters : parameters.Append(new(SearchCursor.Parameter, cursor)));
}
