using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Tests.Catalogue;

public sealed class TermMappingTests
{
    public static TheoryData<string> Names => ["scp", "snomed", "ludb", "mit-bih", "japanese"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mapping_leads_into_the_catalogue(string name)
    {
        var codes = LabelTable.BuiltIn().Select(label => label.Code).ToHashSet(StringComparer.Ordinal);
        var mapping = Of(name);

        Assert.True(mapping.Terms.Count > 30);
        Assert.All(mapping.Terms, term => Assert.All(term.Codes, code => Assert.Contains(code, codes)));
        Assert.All(mapping.Terms, term => Assert.Same(term, mapping.Find(term.Term)));
    }

    [Fact]
    public void A_concept_that_is_written_for_a_label_is_read_as_that_label() =>
        Assert.All(
            LabelTable.BuiltIn().Where(label => label.Snomed is not null),
            label => Assert.Equal([label.Code], TermMapping.Snomed.Find(label.Snomed!)!.Codes));

    [Fact]
    public void Case_matters_where_it_means_something()
    {
        Assert.Equal("atrial premature beat", TermMapping.MitBih.Find("A")!.Meaning);
        Assert.Equal("aberrated atrial premature beat", TermMapping.MitBih.Find("a")!.Meaning);
        Assert.Equal(["3AVB"], TermMapping.Ludb.Find("Iii degree av-block")!.Codes);
    }

    private static TermMapping Of(string name) => name switch
    {
        "scp" => TermMapping.Scp,
        "snomed" => TermMapping.Snomed,
        "ludb" => TermMapping.Ludb,
        "mit-bih" => TermMapping.MitBih,
        _ => TermMapping.Japanese,
    };
}
