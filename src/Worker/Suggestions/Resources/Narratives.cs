using System.Xml.Linq;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>Japanese XHTML; XLinq escapes what it is given.</summary>
internal static class Narratives
{
    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";

    /// <summary>A heading and one paragraph a line.</summary>
    public static Narrative Of(string heading, IEnumerable<string> lines)
    {
        var div = new XElement(
            Xhtml + "div",
            new XAttribute(XNamespace.Xml + "lang", "ja"),
            new XAttribute("lang", "ja"),
            new XElement(Xhtml + "h1", heading),
            lines.Select(line => new XElement(Xhtml + "p", line)));
        return new()
        {
            Status = Narrative.NarrativeStatus.Generated,
            Div = div.ToString(SaveOptions.DisableFormatting),
        };
    }
}
