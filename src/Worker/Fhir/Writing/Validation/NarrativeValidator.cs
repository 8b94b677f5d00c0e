using System.Xml;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// Holds narratives to the XHTML that R4 permits (2.4.0.1): basic formatting, links and images of the resource's own. Readers put them
/// into pages as they are, so that a script, a form or an image fetched from elsewhere would act there in the reader's name. Firely holds
/// a narrative to R4's schema, which says nothing of where links lead, of styles, and of texts that stand in for a narrative.
/// </summary>
internal static class NarrativeValidator
{
    /// <summary>The end of a narrative's place.</summary>
    public const string Div = ".text.div";

    /// <summary>What is wrong with one that R4's schema does not allow.</summary>
    public const string Schema = "XHTML";

    /// <summary>A text with the same markup, in place of the plain one.</summary>
    private const string RenderingXhtml = "http://hl7.org/fhir/StructureDefinition/rendering-xhtml";

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, ConformanceLevel = ConformanceLevel.Document };

    /// <summary>What is wrong, in the order of the elements, of what is contained too; one problem a narrative.</summary>
    public static IEnumerable<FhirProblem> Examine(IEnumerable<(Base Element, string Path)> elements) => elements
        .Select(found => found.Element switch
        {
            Narrative { Div: { } div } when Examine(div) is { } problem => WriteProblems.NarrativeInvalid.At(found.Path + ".div", problem),
            Extension { Url: RenderingXhtml, Value: FhirString { Value: { } text } } when Examine(text) is { } problem =>
                WriteProblems.NarrativeInvalid.At(found.Path + ".value", problem),
            _ => null,
        })
        .OfType<FhirProblem>();

    /// <summary>The kind of what R4 does not permit, in words of HTML and never the sender's; <see langword="null"/> where all is well.</summary>
    private static string? Examine(string xhtml)
    {
        try
        {
            using var text = new StringReader(xhtml);
            using var reader = XmlReader.Create(text, Settings);
            var hasContent = false;
            while (reader.Read())
            {
                if (Examine(reader) is { } problem)
                {
                    return problem;
                }

                hasContent |= reader.NodeType == XmlNodeType.Text || reader is { NodeType: XmlNodeType.Element, LocalName: "img" };
            }

            return hasContent ? null : "text";
        }
        catch (XmlException)
        {
            return "xml";
        }
    }

    private static string? Examine(XmlReader reader) => reader.NodeType switch
    {
        XmlNodeType.Element when reader.NamespaceURI != NarrativeMarkup.Namespace || (reader.Depth == 0 && reader.LocalName != "div") => "xmlns",
        XmlNodeType.Element when reader.Prefix.Length > 0 || !NarrativeMarkup.IsElement(reader.LocalName) => "element",
        XmlNodeType.Element => ExamineAttributes(reader),
        // As XML these are nothing or text. Where the page is read as HTML they end earlier, and what they hide comes out.
        XmlNodeType.Comment => reader.Value.AsSpan().IndexOfAny('<', '>') < 0 ? null : "comment",
        XmlNodeType.CDATA => "CDATA",
        XmlNodeType.XmlDeclaration or XmlNodeType.ProcessingInstruction or XmlNodeType.DocumentType or XmlNodeType.EntityReference => "xml",
        _ => null,
    };

    private static string? ExamineAttributes(XmlReader reader)
    {
        var element = reader.LocalName;
        string? problem = null;
        while (problem is null && reader.MoveToNextAttribute())
        {
            problem = NarrativeMarkup.Examine(element, reader.Prefix, reader.LocalName, reader.Value);
        }

        reader.MoveToElement();
        return problem;
    }
}
