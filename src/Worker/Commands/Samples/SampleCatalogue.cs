using EcgIntegration.Signals;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Worker.Commands.Samples;

/// <summary>Where a sample's signal was published.</summary>
internal enum SampleSource
{
    Ludb,
    Cinc,
}

/// <summary>One file of <c>samples/</c>.</summary>
/// <param name="Source">Database.</param>
/// <param name="Record">Record in it.</param>
/// <param name="Given">Given name of the invented patient; the family name is 見本, "specimen".</param>
/// <param name="Format">How the signal is written, so that the samples show every form.</param>
internal sealed record Sample(SampleSource Source, string Record, string Given, ObservationFormat Format)
{
    public string FileName => Source == SampleSource.Ludb ? $"ludb-{Record.PadLeft(3, '0')}" : $"cinc-{Record}";
}

/// <summary>
/// Which ECGs are shipped: normal ones beside fibrillation, flutter, blocks, infarctions, extrasystoles and pacemakers.
/// Two thirds have the eight independent leads, as carts store them, which also keeps the folder small.
/// </summary>
internal static class SampleCatalogue
{
    private static readonly ObservationFormat Twelve = ObservationFormat.Default;
    private static readonly ObservationFormat Eight = Twelve with { Leads = LeadCodes.Independent };
    private static readonly ObservationFormat Microvolts = Eight with { Unit = VoltageUnit.Microvolt };
    private static readonly ObservationFormat Interlaced = Eight with { Interlaced = true };
    private static readonly ObservationFormat Alias = Eight with { LeadSystem = LeadCodes.SystemAlias };

    public static IReadOnlyList<Sample> All { get; } =
    [
        new(SampleSource.Ludb, "1", "金糸雀", Twelve),
        new(SampleSource.Ludb, "8", "一郎", Eight),
        new(SampleSource.Ludb, "10", "二葉", Eight),
        new(SampleSource.Ludb, "21", "三郎", Twelve),
        new(SampleSource.Ludb, "24", "四季", Eight),
        new(SampleSource.Ludb, "33", "五月", Twelve),
        new(SampleSource.Ludb, "34", "六花", Eight),
        new(SampleSource.Ludb, "35", "七海", Twelve),
        new(SampleSource.Ludb, "44", "八重", Eight),
        new(SampleSource.Ludb, "52", "久美", Eight),
        new(SampleSource.Ludb, "61", "十和", Eight),
        new(SampleSource.Ludb, "70", "千尋", Eight),
        new(SampleSource.Ludb, "86", "万里", Microvolts),
        new(SampleSource.Ludb, "88", "朝子", Twelve),
        new(SampleSource.Ludb, "101", "昼夫", Eight),
        new(SampleSource.Ludb, "106", "夕子", Twelve),
        new(SampleSource.Ludb, "110", "夜月", Interlaced),
        new(SampleSource.Ludb, "111", "春香", Eight),
        new(SampleSource.Ludb, "116", "夏樹", Eight),
        new(SampleSource.Ludb, "119", "秋人", Twelve),
        new(SampleSource.Ludb, "142", "冬美", Eight),
        new(SampleSource.Ludb, "146", "東吾", Alias),
        new(SampleSource.Cinc, "E07502", "西奈", Eight),
        new(SampleSource.Cinc, "E07504", "南", Twelve),
        new(SampleSource.Cinc, "E07505", "北斗", Eight),
        new(SampleSource.Cinc, "E07506", "花", Twelve),
        new(SampleSource.Cinc, "E07509", "鳥居", Alias),
        new(SampleSource.Cinc, "E07511", "風香", Microvolts),
        new(SampleSource.Cinc, "JS20003", "月子", Twelve),
        new(SampleSource.Cinc, "JS20004", "雪", Twelve),
        new(SampleSource.Cinc, "JS20005", "山吹", Eight),
        new(SampleSource.Cinc, "JS20012", "川瀬", Eight),
    ];
}
