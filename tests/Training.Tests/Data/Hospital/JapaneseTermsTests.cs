using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data.Hospital;

namespace EcgIntegration.Training.Tests.Data.Hospital;

public sealed class JapaneseTermsTests
{
    private static readonly JapaneseTerms Terms = new(LabelTable.BuiltIn());

    [Theory]
    [InlineData("心房細動", "AFIB")]
    [InlineData("不完全右脚ブロック", "IRBBB")]
    [InlineData("洞調律、完全右脚ブロック。左軸偏位", "CRBBB LAD SR")]
    [InlineData("洞性頻脈 心室性期外収縮", "PVC STACH")]
    [InlineData("PQ延長", "LPR")]
    [InlineData("ＰＲ延長", "LPR")]
    [InlineData("第Ⅰ度房室ブロック", "1AVB")]
    [InlineData("WPW 症候群", "WPW")]
    [InlineData("VPC頻発", "PVC")]
    [InlineData("VPCS", "")]
    [InlineData("洞調律、心房細動なし", "SR")]
    [InlineData("心房細動は認めず", "")]
    [InlineData("心房細動の所見を認めない。左室肥大", "LVH")]
    [InlineData("心房細動・心房粗動は認めません", "")]
    [InlineData("心房細動および心房粗動なし、洞調律", "SR")]
    [InlineData("洞調律、ST低下、T波異常なし", "SR STD_")]
    [InlineData("急性心筋梗塞を否定", "")]
    [InlineData("急性心筋梗塞は否定できず", "ACUTEMI")]
    [InlineData("左室肥大の疑い", "LVH")]
    [InlineData("T波異常、変化なし", "TAB_")]
    [InlineData("心房細動なし。次の記録で心房細動", "AFIB")]
    [InlineData("所見あり", "")]
    public void A_report_says_what_is_present(string report, string expected) =>
        Assert.Equal(expected, string.Join(' ', Terms.InReport(report).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("心房細動", "AFIB")]
    [InlineData(" 心室性期外収縮 ", "PVC")]
    [InlineData("LAO/LAE", "LAO/LAE")]
    [InlineData("ST上昇型急性心筋梗塞", "STEMI")]
    public void A_label_is_a_name_or_a_code(string label, string expected) => Assert.Equal([expected], Terms.Named(label)!);

    [Fact]
    public void Another_word_is_no_label() => Assert.Null(Terms.Named("心房細動なし"));

    [Fact]
    public void Every_label_of_the_catalogue_is_found_by_its_japanese_name() =>
        Assert.All(LabelTable.BuiltIn(), label =>
        {
            Assert.Equal([label.Code], Terms.InReport($"所見は{label.Ja}。"));
            Assert.Equal([label.Code], Terms.Named(label.Code)!);
        });
}
