using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Contracts.Tests;

public sealed class ModelBundleTests : IDisposable
{
    private readonly BundleFolder _bundle = new();

    [Fact]
    public void What_was_written_is_read()
    {
        var bundle = ModelBundle.Load(_bundle.Folder);

        Assert.Equal(BundleFolder.Labels, bundle.Labels.Count);
        Assert.Equal("所見7", bundle.Labels[7].Ja);
        Assert.Equal(64, bundle.ModelSha256.Length);
        Assert.Equal(0.25, bundle.CalibrationOf(1)!.Threshold);
        Assert.Null(bundle.CalibrationOf(2));
    }

    [Fact]
    public void A_logit_is_scale_times_cosine_and_its_probability_is_calibrated()
    {
        var bundle = ModelBundle.Load(_bundle.Folder);
        var embedding = new float[BundleFolder.Width];
        (embedding[0], embedding[1]) = (0.6f, 0.8f);
        var logits = new float[BundleFolder.Labels];

        bundle.Score(embedding, logits);

        Assert.Equal(6, logits[0], 4);
        Assert.Equal(8, logits[1], 4);
        Assert.Equal(1 / (1 + Math.Exp(-15)), bundle.Probability(1, 8)!.Value, 9);
        Assert.Null(bundle.Probability(2, 8));
    }

    [Theory]
    [InlineData(BundleFiles.Encoder)]
    [InlineData(BundleFiles.LabelMatrix)]
    [InlineData(BundleFiles.Labels)]
    [InlineData(BundleFiles.Calibration)]
    public void One_altered_byte_is_noticed(string file)
    {
        var content = File.ReadAllBytes(_bundle.Path(file));
        content[^1] ^= 1;
        File.WriteAllBytes(_bundle.Path(file), content);

        Refused(file);
    }

    [Theory]
    [InlineData(BundleFiles.Encoder)]
    [InlineData(BundleFiles.LabelMatrix)]
    [InlineData(BundleFiles.Labels)]
    [InlineData(BundleFiles.Calibration)]
    [InlineData(BundleFiles.Card)]
    public void A_missing_file_is_named(string file)
    {
        File.Delete(_bundle.Path(file));

        Refused(file);
    }

    [Fact]
    public void A_missing_folder_is_a_missing_bundle() =>
        Assert.Throws<ModelBundleException>(() => ModelBundle.Load(Path.Combine(_bundle.Parent, "nowhere")));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_matrix_value_that_is_no_number_is_refused(float value)
    {
        var matrix = BundleFolder.Matrix();
        matrix[5] = value;
        _bundle.Replace(BundleFiles.LabelMatrix, Bytes(matrix));

        Refused("not a number");
    }

    [Fact]
    public void A_matrix_of_the_wrong_size_is_refused()
    {
        _bundle.Replace(BundleFiles.LabelMatrix, Bytes(BundleFolder.Matrix()[..^1]));

        Refused("bytes");
    }

    [Fact]
    public void A_matrix_row_without_unit_length_is_refused()
    {
        var matrix = BundleFolder.Matrix();
        matrix[0] = 0.9f;
        _bundle.Replace(BundleFiles.LabelMatrix, Bytes(matrix));

        Refused("Row 0");
    }

    [Fact]
    public void A_label_that_stands_twice_is_refused()
    {
        _bundle.Edit(BundleFiles.Labels, labels => labels[3]!["code"] = "C2");

        Refused("C2");
    }

    [Fact]
    public void Two_labels_with_one_japanese_term_are_refused()
    {
        _bundle.Edit(BundleFiles.Labels, labels => labels[3]!["ja"] = "所見2");

        Refused("Japanese");
    }

    [Fact]
    public void An_unknown_class_is_refused()
    {
        _bundle.Edit(BundleFiles.Labels, labels => labels[3]!["class"] = "other");

        Refused("class");
    }

    [Fact]
    public void Too_few_labels_are_refused()
    {
        _bundle.Edit(BundleFiles.Labels, labels =>
        {
            while (labels.AsArray().Count > 97)
            {
                labels.AsArray().RemoveAt(97);
            }
        });

        Refused("97");
    }

    [Fact]
    public void A_label_that_is_null_is_refused()
    {
        _bundle.Edit(BundleFiles.Labels, labels => labels.AsArray()[3] = null);

        Refused("no code");
    }

    [Fact]
    public void Calibration_of_an_unknown_label_is_refused()
    {
        _bundle.Edit(BundleFiles.Calibration, calibration => calibration["labels"]![0]!["code"] = "ZZZ");

        Refused("ZZZ");
    }

    [Fact]
    public void Calibration_of_a_label_twice_is_refused()
    {
        _bundle.Edit(BundleFiles.Calibration, calibration => calibration["labels"]![1]!["code"] = "C0");

        Refused("C0");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.2)]
    [InlineData(1.2)]
    public void A_threshold_outside_0_and_1_is_refused(double threshold)
    {
        _bundle.Edit(BundleFiles.Calibration, calibration => calibration["labels"]![0]!["threshold"] = threshold);

        Refused("threshold");
    }

    [Theory]
    [InlineData("logitScale", 0)]
    [InlineData("logitScale", -3)]
    public void A_scale_that_is_not_positive_is_refused(string field, double value)
    {
        _bundle.Edit(BundleFiles.Calibration, calibration => calibration[field] = value);

        Refused(field);
    }

    [Theory]
    [InlineData("minimumSimilarity", 1.1)]
    [InlineData("minimumMargin", -0.1)]
    [InlineData("coverage", 2)]
    public void A_rule_of_abstention_out_of_range_is_refused(string field, double value)
    {
        _bundle.Edit(BundleFiles.Calibration, calibration => calibration["abstention"]![field] = value);

        Refused("abstention");
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("abstention")]
    public void A_calibration_that_lacks_a_part_is_refused(string field)
    {
        _bundle.Edit(BundleFiles.Calibration, calibration => calibration.AsObject().Remove(field));

        Refused(BundleFiles.Calibration);
    }

    [Theory]
    [InlineData("format", "2")]
    [InlineData("preprocessing", "\"v2\"")]
    [InlineData("files", "null")]
    [InlineData("embeddingWidth", "0")]
    [InlineData("modelSha256", "\"00\"")]
    public void A_card_of_another_kind_is_refused(string field, string json)
    {
        _bundle.EditCard(card => card[field] = JsonNode.Parse(json));

        Refused(BundleFiles.Card);
    }

    [Fact]
    public void Text_that_is_no_json_is_refused_with_its_line()
    {
        File.WriteAllText(_bundle.Path(BundleFiles.Card), "{\n  \"format\": one\n}");

        Refused("line 2");
    }

    public void Dispose() => _bundle.Dispose();

    private static byte[] Bytes(float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private void Refused(string expected)
    {
        var error = Assert.Throws<ModelBundleException>(() => ModelBundle.Load(_bundle.Folder));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
