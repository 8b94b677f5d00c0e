namespace EcgIntegration.Training.Text;

/// <summary>
/// The vocabulary Japanese ECG terms are built from. Each concept is one dimension; a written form may imply several
/// (心室期外収縮 is ventricular, ectopic and premature), and a longer form hides the shorter ones inside it
/// (洞頻脈 is not 頻脈 alone, 下側壁 is inferior and lateral).
/// </summary>
internal static class EcgTermConcepts
{
    private static readonly (string Form, string[] Concepts)[] Forms =
    [
        .. new (string Form, string[] Concepts)[]
        {
            ("正常心電図", ["normal"]),
            ("洞調律", ["sinus", "rhythm", "normal"]),
            ("洞房", ["sinus", "atrial"]),
            ("洞頻脈", ["sinus", "rhythm", "tachycardia"]),
            ("洞徐脈", ["sinus", "rhythm", "bradycardia"]),
            ("洞不整脈", ["sinus", "rhythm", "irregular"]),
            ("洞不全", ["sinus", "dysfunction", "bradycardia"]),
            ("洞停止", ["sinus", "arrest", "bradycardia"]),
            ("上室", ["atrial", "supraventricular"]),
            ("心房", ["atrial", "supraventricular"]),
            ("左房", ["atrial-chamber", "left"]),
            ("右房", ["atrial-chamber", "right"]),
            ("P波", ["atrial-chamber", "p-wave"]),
            ("接合部", ["junctional", "supraventricular"]),
            ("房室接合部", ["junctional", "supraventricular"]),
            ("房室結節", ["junctional", "supraventricular", "reentry"]),
            ("房室回帰性", ["accessory", "supraventricular", "reentry"]),
            ("リエントリー", ["reentry"]),
            ("房室ブロック", ["av-node", "block"]),
            ("房室解離", ["av-node", "dissociation", "complete"]),
            ("心室性", ["ventricular"]),
            ("心室内", ["intraventricular"]),
            ("心室瘤", ["ventricular-wall", "infarct-late"]),
            ("心室", ["ventricular"]),
            ("左室", ["ventricular-chamber", "left"]),
            ("右室", ["ventricular-chamber", "right"]),
            ("両室", ["ventricular-chamber", "left", "right"]),
            ("中隔肥大", ["ventricular-chamber", "hypertrophy", "septal"]),
            ("左脚前枝", ["bundle", "left", "fascicle", "anterior-fascicle"]),
            ("左脚後枝", ["bundle", "left", "fascicle", "posterior-fascicle"]),
            ("二枝", ["bundle", "right", "fascicle", "many"]),
            ("三枝", ["bundle", "right", "left", "fascicle", "many", "av-node"]),
            ("右脚ブロック", ["bundle", "right", "block"]),
            ("左脚ブロック", ["bundle", "left", "block"]),
            ("脚ブロック", ["bundle", "block"]),
            ("ブロック", ["block"]),
            ("不完全", ["incomplete"]),
            ("完全", ["complete"]),
            ("高度", ["complete", "degree-high"]),
            ("第1度", ["incomplete", "degree-1"]),
            ("第2度", ["degree-2"]),
            ("2対1", ["degree-2", "degree-high"]),
            ("第3度", ["complete", "degree-3"]),
            ("ウェンケバッハ", ["degree-2", "benign-block"]),
            ("モビッツ", ["degree-2", "degree-high"]),
            ("下後側壁", ["inferior", "posterior", "lateral"]),
            ("下後壁", ["inferior", "posterior"]),
            ("下側壁", ["inferior", "lateral"]),
            ("下壁", ["inferior"]),
            ("前壁中隔", ["anterior", "septal"]),
            ("前側壁", ["anterior", "lateral"]),
            ("前壁", ["anterior"]),
            ("側壁", ["lateral"]),
            ("後壁", ["posterior"]),
            ("心筋梗塞", ["infarction", "ischaemic-disease"]),
            ("虚血", ["ischaemia", "ischaemic-disease", "st-t"]),
            ("傷害", ["injury", "ischaemic-disease", "st"]),
            ("心内膜下", ["st-depression"]),
            ("急性", ["acute"]),
            ("陳旧性", ["infarct-late"]),
            ("肥大", ["hypertrophy"]),
            ("負荷", ["overload"]),
            ("ストレイン", ["hypertrophy", "overload", "st-t"]),
            ("左室高電位", ["ventricular-chamber", "left", "high-voltage", "qrs"]),
            ("高電位", ["high-voltage", "qrs"]),
            ("低電位", ["low-voltage", "qrs"]),
            ("QRS", ["qrs"]),
            ("分裂", ["fragmented"]),
            ("異常Q波", ["q-wave", "qrs", "infarction"]),
            ("R波増高不良", ["qrs", "low-voltage", "anterior", "q-wave"]),
            ("ST-T", ["st-t", "st", "t-wave"]),
            ("ST上昇型", ["st", "st-elevation", "acute"]),
            ("ST上昇", ["st", "st-elevation"]),
            ("ST低下", ["st", "st-depression"]),
            ("ST変化", ["st", "st-t"]),
            ("ST異常", ["st", "st-t", "abnormal"]),
            ("ブルガダ", ["st-elevation", "right", "ion-channel"]),
            ("早期再分極", ["st-elevation", "benign"]),
            ("陰性T波", ["t-wave", "t-inversion", "st-t"]),
            ("平低T波", ["t-wave", "t-low", "st-t"]),
            ("高いT波", ["t-wave", "t-high"]),
            ("T波", ["t-wave", "st-t"]),
            ("U波", ["u-wave"]),
            ("QT延長", ["qt", "prolonged"]),
            ("QT短縮", ["qt", "shortened"]),
            ("PR(PQ)延長", ["pr", "prolonged", "av-node", "degree-1"]),
            ("PR(PQ)短縮", ["pr", "shortened", "accessory"]),
            ("波幅延長", ["prolonged"]),
            ("増高", ["high-amplitude"]),
            ("ジギタリス", ["drug", "st-depression"]),
            ("電解質", ["electrolyte"]),
            ("薬剤", ["drug"]),
            ("非特異", ["non-specific"]),
            ("非診断", ["non-specific"]),
            ("異常", ["abnormal"]),
            ("変化", ["abnormal"]),
            ("期外収縮", ["ectopic", "premature"]),
            ("連発", ["many", "run"]),
            ("多源性", ["many", "multifocal"]),
            ("二段脈", ["ectopic", "premature", "patterned"]),
            ("三段脈", ["ectopic", "premature", "patterned", "many"]),
            ("融合", ["fusion"]),
            ("非伝導性", ["block"]),
            ("補充", ["escape", "bradycardia"]),
            ("固有調律", ["escape", "rhythm"]),
            ("促進型", ["accelerated"]),
            ("調律", ["rhythm"]),
            ("異所性", ["ectopic"]),
            ("移動性", ["wandering", "atrial"]),
            ("細動・粗動", ["fibrillation", "flutter", "rhythm", "irregular"]),
            ("細動", ["fibrillation", "rhythm", "irregular"]),
            ("粗動", ["flutter", "rhythm", "tachycardia"]),
            ("頻脈性", ["tachycardia"]),
            ("徐脈頻脈", ["sinus", "bradycardia", "tachycardia", "dysfunction"]),
            ("頻拍", ["tachycardia", "rhythm"]),
            ("頻脈", ["tachycardia", "rhythm"]),
            ("徐脈", ["bradycardia", "rhythm"]),
            ("発作性", ["paroxysmal"]),
            ("慢性", ["chronic"]),
            ("不整脈", ["rhythm", "irregular"]),
            ("トルサード", ["ventricular", "tachycardia", "rhythm", "qt", "multifocal"]),
            ("WPW", ["ventricular", "accessory", "pre-excitation"]),
            ("早期興奮", ["ventricular", "accessory", "pre-excitation"]),
            ("ペースメーカー調律", ["paced", "rhythm", "ventricular"]),
            ("ペーシング", ["paced", "rhythm"]),
            ("左軸", ["axis", "left"]),
            ("右軸", ["axis", "right"]),
            ("不定軸", ["axis"]),
            ("反時計方向", ["rotation", "left"]),
            ("時計方向", ["rotation", "right"]),
            ("付け間違い", ["reversal"]),
            ("右胸心", ["reversal", "right", "axis"]),
        }.OrderByDescending(entry => entry.Form.Length).ThenBy(entry => entry.Form, StringComparer.Ordinal),
    ];

    private static readonly Dictionary<string, int> Index = Forms
        .SelectMany(entry => entry.Concepts)
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal)
        .Select((concept, index) => (concept, index))
        .ToDictionary(entry => entry.concept, entry => entry.index, StringComparer.Ordinal);

    /// <summary>Number of concepts.</summary>
    public static int Count => Index.Count;

    /// <summary>Sets the dimensions of all concepts found in a term; longer forms are taken first and use up their letters.</summary>
    /// <param name="term">Term with full-width letters folded: see <see cref="JapaneseTermEncoder.Fold"/>.</param>
    /// <param name="concepts">Receives 1 for each concept found; <see cref="Count"/> values.</param>
    public static void Mark(string term, Span<float> concepts)
    {
        var left = term.ToCharArray();
        foreach (var (form, implied) in Forms)
        {
            for (var at = left.AsSpan().IndexOf(form); at >= 0; at = left.AsSpan().IndexOf(form))
            {
                left.AsSpan(at, form.Length).Clear();
                foreach (var concept in implied)
                {
                    concepts[Index[concept]] = 1;
                }
            }
        }
    }
}
