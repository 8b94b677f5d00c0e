using System.Text;
using System.Text.Json;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Fhir.Writing;
using EcgIntegration.Worker.Fhir.Writing.Validation;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

/// <summary>Which XHTML is stored, and which is not.</summary>
public sealed class NarrativeValidatorTests
{
    private const string Canary = "CANARY";

    [Theory]
    [InlineData("<p>心電図 &amp; 所見</p>")]
    [InlineData("<h1 class='t' style='color: #c00; text-align: center' lang='ja' xml:lang='ja' title='x' id='a' dir='ltr'>x</h1><hr/><br/>")]
    [InlineData("<a href='https://example.org/a?b=c:d#e'>x</a><a href='http://example.org'>x</a><a href='mailto:a@example.org'>x</a><a name='top' href='#top'>x</a><a href='Patient/1'>x</a>")]
    [InlineData("<img src='#image' alt='x'/><img src='data:image/png;base64,iVBORw0KGgo=' alt='x'/>")]
    [InlineData("<map name='m' id='m'><area shape='rect' coords='0,0,1,1' href='#top' alt='x'/></map><img src='data:image/gif;base64,R0lG' alt='x' usemap='#m' width='1' height='1'/>")]
    [InlineData("<table border='1' summary='s'><caption>c</caption><colgroup><col span='2' width='50%'/></colgroup><thead><tr><th scope='col' colspan='2'>x</th></tr></thead><tbody><tr><td align='right' rowspan='1'>1</td></tr></tbody></table>")]
    [InlineData("<ul><li>x</li></ul><ol><li>x</li></ol><dl><dt>x</dt><dd>y</dd></dl><blockquote cite='http://x'><p>q</p></blockquote><pre>p</pre>")]
    [InlineData("<b>x</b><i>x</i><em>x</em><strong>x</strong><sub>x</sub><sup>x</sup><tt>x</tt><code>x</code><q>x</q><small>x</small><abbr title='t'>x</abbr>")]
    [InlineData("<!-- written by hand --><p style='margin: 0 auto; background-position: center; position: relative; /* all */ font-family: \"MS Gothic\"'>x &#160; &lt;script&gt;</p>")]
    public void What_r4_permits_is_taken(string inner)
    {
        Assert.Empty(Problems(Div(inner)));
        Assert.Empty(ProblemsInPlaceOfText(Div(inner)));
    }

    [Theory]
    [InlineData("<script>CANARY</script>", "element")]
    [InlineData("<p>x</p><style>@import 'http://CANARY';</style>", "element")]
    [InlineData("<form action='http://CANARY'><input type='text'/></form>", "element")]
    [InlineData("<iframe src='http://CANARY'/>", "element")]
    [InlineData("<object data='http://CANARY'>x</object>", "element")]
    [InlineData("<embed src='x'/>", "element")]
    [InlineData("<link rel='stylesheet' href='http://CANARY'/>", "element")]
    [InlineData("<base href='http://CANARY'/>", "element")]
    [InlineData("<font>x</font>", "element")]
    [InlineData("<SCRIPT>x</SCRIPT>", "element")]
    [InlineData("<CANARY>x</CANARY>", "element")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "xmlns")]
    [InlineData("<p onclick='CANARY()'>x</p>", "attribute")]
    [InlineData("<img src='#x' onerror='CANARY()'/>", "attribute")]
    [InlineData("<p ONCLICK='CANARY()'>x</p>", "attribute")]
    [InlineData("<p xmlns:l='http://www.w3.org/1999/xlink' l:href='http://CANARY'>x</p>", "attribute")]
    [InlineData("<table background='http://CANARY'><tr><td>x</td></tr></table>", "attribute")]
    [InlineData("<a href='javascript:CANARY()'>x</a>", "href")]
    [InlineData("<a href='  JaVa&#x9;Scr&#10;ipt:CANARY()'>x</a>", "href")]
    [InlineData("<a href='vbscript:CANARY'>x</a>", "href")]
    [InlineData("<a href='data:text/html,CANARY'>x</a>", "href")]
    [InlineData("<a href='file:///CANARY'>x</a>", "href")]
    [InlineData("<map name='m'><area href='javascript:CANARY'/></map>x", "href")]
    [InlineData("<blockquote cite='javascript:CANARY'>x</blockquote>", "cite")]
    [InlineData("<img src='http://CANARY/1.png'/>", "src")]
    [InlineData("<img src='//CANARY/1.png'/>", "src")]
    [InlineData("<img src='data:text/html,CANARY'/>", "src")]
    [InlineData("<p src='#x'>x</p>", "src")]
    [InlineData("<p style='background: url(http://CANARY)'>x</p>", "style")]
    [InlineData("<p style='background: U/**/RL (CANARY)'>x</p>", "style")]
    [InlineData("<p style='background: \\75rl(CANARY)'>x</p>", "style")]
    [InlineData("<p style='background: image-set(\"http://CANARY\")'>x</p>", "style")]
    [InlineData("<p style='width: expression(CANARY)'>x</p>", "style")]
    [InlineData("<p style='@import \"CANARY\"'>x</p>", "style")]
    [InlineData("<p style='color: red; POSITION: fixed'>x</p>", "style")]
    [InlineData("<p style='position:/**/absolute'>x</p>", "style")]
    [InlineData("<p style='z-index: 9'>x</p>", "style")]
    [InlineData("<!--><img src=x onerror=CANARY()>-->x", "comment")]
    [InlineData("<![CDATA[><script>CANARY</script>]]>", "CDATA")]
    [InlineData("<?xml-stylesheet href='http://CANARY'?>x", "xml")]
    [InlineData("<p>CANARY", "xml")]
    [InlineData("<p>&nbsp;</p>", "xml")]
    [InlineData("  <br/>  ", "text")]
    public void What_r4_does_not_permit_is_refused_with_its_place_and_kind(string inner, string kind)
    {
        var problem = Assert.Single(Problems(Div(inner)));
        var inText = Assert.Single(ProblemsInPlaceOfText(Div(inner)));

        Assert.Equal("fhir-narrative-invalid Patient.text.div", $"{problem.Reason.Code} {problem.Expression}");
        Assert.True(problem.Reason.En.Contains($"({kind})", StringComparison.Ordinal) || problem.Reason.En.Contains("(XHTML)", StringComparison.Ordinal));
        Assert.Equal("fhir-narrative-invalid Patient.name[0].text.extension[0].value", $"{inText.Reason.Code} {inText.Expression}");
        Assert.Contains($"({kind})", inText.Reason.En, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, problem.Reason.En + problem.Reason.Ja + inText.Reason.En, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<p xmlns='http://www.w3.org/1999/xhtml'>x</p>")]
    [InlineData("<div>x</div>")]
    [InlineData("<?xml version='1.0'?><div xmlns='http://www.w3.org/1999/xhtml'>x</div>")]
    [InlineData("<!DOCTYPE div [<!ENTITY e 'x'>]><div xmlns='http://www.w3.org/1999/xhtml'>&e;</div>")]
    public void It_is_one_div_of_xhtml(string div) => Assert.Equal(422, Assert.Single(Problems(div)).Status);

    [Theory]
    [InlineData("<p onclick='x'>x</p>", "fhir-value-invalid Bundle.entry[1].resource.contained[0]")]
    [InlineData("<a href='javascript:x'>x</a>", "fhir-narrative-invalid Bundle.entry[1].resource.contained[0].text.div")]
    public void What_is_contained_is_held_to_it_too(string inner, string issue)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            resourceType = "Patient",
            contained = new[] { new { resourceType = "Organization", id = "o", text = new { status = "generated", div = Div(inner) }, name = "x" } },
            managingOrganization = new { reference = "#o" },
        });
        var refused = Assert.Throws<WriteRefusedException>(
            () => ResourceValidator.Read(json, "Patient", new ElementPlace("Bundle.entry[1].resource"), ReferenceScope.Alone));

        Assert.Equal([issue], refused.Problems.Select(problem => $"{problem.Reason.Code} {problem.Expression}"));
    }

    private static string Div(string inner) => $"<div xmlns='http://www.w3.org/1999/xhtml'>{inner}</div>";

    private static IReadOnlyList<FhirProblem> Problems(string div) =>
        ProblemsOf(JsonSerializer.SerializeToUtf8Bytes(new { resourceType = "Patient", text = new { status = "generated", div } }));

    private static IReadOnlyList<FhirProblem> ProblemsInPlaceOfText(string div) => ProblemsOf(Encoding.UTF8.GetBytes($$$"""
        {"resourceType": "Patient", "name": [{"text": "x", "_text": {"extension": [
          {"url": "http://hl7.org/fhir/StructureDefinition/rendering-xhtml", "valueString": {{{JsonSerializer.Serialize(div)}}} }]}}]}
        """));

    private static IReadOnlyList<FhirProblem> ProblemsOf(byte[] json)
    {
        try
        {
            ResourceValidator.Read(json, "Patient", default, ReferenceScope.Alone);
            return [];
        }
        catch (WriteRefusedException e)
        {
            return e.Problems;
        }
    }
}
