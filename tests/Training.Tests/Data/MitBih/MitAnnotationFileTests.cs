using EcgIntegration.Training.Data.MitBih;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data.MitBih;

public sealed class MitAnnotationFileTests : IDisposable
{
    private readonly DataFolder _data = DataFolder.MitBih();

    [Fact]
    public void Beats_and_rhythms_of_a_real_record_are_read()
    {
        var annotations = MitAnnotationFile.Read(_data.PathOf("207.atr"));

        Assert.Equal(new MitAnnotation(9, '+', "(B"), annotations[0]);
        Assert.Equal(new MitAnnotation(50, 'R', string.Empty), annotations[1]);
        Assert.Equal(["(B", "(N", "(VFL", "(VT"], annotations.Where(annotation => annotation.IsRhythm).Select(annotation => annotation.Note).Distinct().Order(StringComparer.Ordinal));
        Assert.True(annotations.Zip(annotations.Skip(1)).All(pair => pair.First.Sample <= pair.Second.Sample));
    }

    [Fact]
    public void A_long_distance_is_skipped_and_qualifiers_are_passed_over()
    {
        // Skip 0x00012345, a beat 3 on, a sub-type, then a beat 2 further on, and the end.
        _data.Write("a.atr", [0, 59 << 2, 1, 0, 0x45, 0x23, 3, 1 << 2, 7, 61 << 2, 2, 5 << 2, 0, 0]);

        Assert.Equal([new(0x12345 + 3, 'N', string.Empty), new(0x12345 + 5, 'V', string.Empty)], MitAnnotationFile.Read(_data.PathOf("a.atr")));
    }

    [Fact]
    public void A_file_that_is_cut_off_at_any_byte_is_refused()
    {
        var whole = File.ReadAllBytes(_data.PathOf("207.atr"));
        for (var length = 0; length < whole.Length - 2; length++)
        {
            _data.Write("cut.atr", whole[..length]);

            Refusal.Says(() => MitAnnotationFile.Read(_data.PathOf("cut.atr")), "cut.atr", "cut off");
        }
    }

    [Fact]
    public void Another_format_is_refused()
    {
        _data.Write("a.atr", [1, 50 << 2, 0, 0]);

        Refusal.Says(() => MitAnnotationFile.Read(_data.PathOf("a.atr")), "a.atr", "format");
    }

    public void Dispose() => _data.Dispose();
}
