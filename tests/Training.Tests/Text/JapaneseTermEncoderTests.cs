using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Text;

namespace EcgIntegration.Training.Tests.Text;

public sealed class JapaneseTermEncoderTests
{
    [Theory]
    [InlineData("完全右脚ブロック", "不完全右脚ブロック", "左房負荷")]
    [InlineData("完全右脚ブロック", "右脚ブロック", "左房負荷")]
    [InlineData("完全右脚ブロック", "完全左脚ブロック", "完全房室ブロック")]
    [InlineData("完全右脚ブロック", "右脚ブロック", "完全左脚ブロック")]
    [InlineData("前壁心筋梗塞", "前壁中隔心筋梗塞", "下壁心筋梗塞")]
    [InlineData("前壁心筋梗塞", "ST上昇型急性心筋梗塞（疑い）", "心房細動")]
    [InlineData("下壁心筋梗塞", "下壁誘導の虚血性変化", "前壁誘導の虚血性変化")]
    [InlineData("心房細動", "発作性心房細動", "心室細動")]
    [InlineData("心室頻拍", "発作性心室頻拍", "洞頻脈")]
    [InlineData("心室期外収縮", "心室性二段脈", "洞調律")]
    [InlineData("左室肥大", "左室ストレインパターン", "左軸偏位")]
    [InlineData("第3度房室ブロック", "高度房室ブロック", "第1度房室ブロック")]
    public void A_related_term_is_nearer(string term, string near, string far) =>
        Assert.True(Cosine(term, near) > Cosine(term, far), $"{Cosine(term, near):F3} {Cosine(term, far):F3}");

    [Fact]
    public void Every_label_has_a_place_of_its_own()
    {
        var vectors = LabelTable.BuiltIn().Select(label => JapaneseTermEncoder.Encode(label.Ja)).ToList();

        Assert.All(vectors, vector => Assert.Equal(1, Dot(vector, vector), 5));
        for (var i = 0; i < vectors.Count; i++)
        {
            Assert.All(vectors[..i], other => Assert.True(Dot(vectors[i], other) < 0.99f));
        }
    }

    [Fact]
    public void Every_label_is_made_of_known_concepts()
    {
        var concepts = new float[EcgTermConcepts.Count];

        Assert.All(LabelTable.BuiltIn(), label =>
        {
            Array.Clear(concepts);
            EcgTermConcepts.Mark(JapaneseTermEncoder.Fold(label.Ja), concepts);
            Assert.Contains(1f, concepts);
        });
    }

    [Fact]
    public void Full_width_letters_are_the_same_letters() => Assert.Equal(JapaneseTermEncoder.Encode("ＷＰＷ症候群"), JapaneseTermEncoder.Encode("WPW症候群"));

    // Fixed figures: a vector that changes makes every shipped label matrix another model.
    [Fact]
    public void The_vectors_are_the_same_in_every_run()
    {
        var vector = JapaneseTermEncoder.Encode("心房細動");

        Assert.Equal("ja-term-concepts-v1", new JapaneseTermEncoder().Name);
        Assert.StartsWith(Fingerprint, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            [.. vector.SelectMany(value => BitConverter.GetBytes((int)Math.Round(value * 1e5)))])), StringComparison.Ordinal);
    }

    private const string Fingerprint = "202a843d0a48dc9c";

    private static float Cosine(string one, string other) => Dot(JapaneseTermEncoder.Encode(one), JapaneseTermEncoder.Encode(other));

    private static float Dot(float[] one, float[] other) => one.Zip(other, (x, y) => x * y).Sum();
}
