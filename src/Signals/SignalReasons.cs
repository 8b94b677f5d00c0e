using EcgIntegration.Contracts;

namespace EcgIntegration.Signals;

/// <summary>Every reason this assembly gives: why an ECG is refused by a reader, and why a signal cannot be analysed.</summary>
public static class SignalReasons
{
    internal static readonly ReasonDefinition JsonInvalid = new(
        "json-invalid",
        "The body is not valid JSON: it breaks at byte {0}. Send one FHIR R4 Observation as UTF-8 JSON.",
        "JSONとして正しくありません（{0}バイト目）。FHIR R4のObservationをUTF-8のJSONで送ってください。");

    internal static readonly ReasonDefinition NotObservation = new(
        "not-observation",
        "The resource is not a FHIR Observation. Send the ECG as an Observation with one component per lead.",
        "FHIRのObservationではありません。誘導ごとにcomponentを持つObservationとして送ってください。");

    internal static readonly ReasonDefinition StructureInvalid = new(
        "structure-invalid",
        "This element does not have the type that FHIR R4 gives it. Send it as the specification defines it.",
        "要素の型がFHIR R4の定義と異なります。仕様どおりの型で送ってください。");

    internal static readonly ReasonDefinition PropertyDuplicate = new(
        "property-duplicate",
        "A property that decides the signal stands twice in the same object. Send it once.",
        "信号を決める項目が同じオブジェクトに2回あります。1回だけにしてください。");

    internal static readonly ReasonDefinition ModifierExtension = new(
        "modifier-extension",
        "A modifierExtension may change the meaning of the signal and is not understood. Send the ECG without it.",
        "信号の意味を変えうるmodifierExtensionがあり、解釈できません。付けずに送ってください。");

    internal static readonly ReasonDefinition NoWaveform = new(
        "no-ecg-waveform",
        "The Observation has no ECG waveform. Send each lead as a component with valueSampledData.",
        "心電図波形がありません。誘導ごとにvalueSampledDataを持つcomponentとして送ってください。");

    internal static readonly ReasonDefinition LeadCodeUnknown = new(
        "lead-code-unknown",
        "A waveform has no known lead code while standard leads are missing. Code it in urn:oid:2.16.840.1.113883.6.24 or urn:iso:std:iso:11073:10101, for example 131329 for lead I.",
        "標準誘導が不足しており、誘導コードが不明な波形があります。urn:oid:2.16.840.1.113883.6.24またはurn:iso:std:iso:11073:10101のコード（I誘導は131329など）を付けてください。");

    internal static readonly ReasonDefinition LeadCodeAmbiguous = new(
        "lead-code-ambiguous",
        "The code of one waveform names more than one lead. Give it the code of one lead only.",
        "1つの波形に複数の誘導コードが付いています。1つの誘導のコードだけにしてください。");

    internal static readonly ReasonDefinition LeadDuplicate = new(
        "lead-duplicate",
        "Lead {0} is there twice. Send each lead once.",
        "{0}誘導が2回あります。各誘導を1回だけ送ってください。");

    internal static readonly ReasonDefinition PanelLeadsUnknown = new(
        "panel-leads-unknown",
        "The leads of the interlaced waveform with {0} dimensions cannot be told. Name them in order by their codes, one for each dimension, or send 12 (I, II, III, aVR, aVL, aVF, V1-V6) or 8 (I, II, V1-V6).",
        "次元数{0}の多重化波形の誘導が特定できません。次元の順に誘導コードを並べるか、12誘導（I、II、III、aVR、aVL、aVF、V1～V6）または8誘導（I、II、V1～V6）で送ってください。");

    internal static readonly ReasonDefinition TooManyWaveforms = new(
        "too-many-waveforms",
        "The Observation has more than {0} waveforms. Send one ECG per Observation.",
        "波形が{0}個を超えています。1つのObservationに1つの心電図を入れてください。");

    internal static readonly ReasonDefinition OriginInvalid = new(
        "origin-invalid",
        "origin.value is missing or not a usable number. Send the voltage of datum 0.",
        "origin.valueがないか、使える数値ではありません。データ値0に当たる電位を送ってください。");

    internal static readonly ReasonDefinition UnitMissing = new(
        "unit-missing",
        "The waveform has no unit. Send origin.code (UCUM) as mV, uV or V.",
        "波形の単位がありません。origin.code（UCUM）にmV、uV、Vのいずれかを入れてください。");

    internal static readonly ReasonDefinition UnitUnknown = new(
        "unit-unknown",
        "The unit of the waveform is not mV, uV or V. Send the voltage in one of these.",
        "波形の単位がmV、uV、Vのいずれでもありません。これらの単位で送ってください。");

    internal static readonly ReasonDefinition UnitAmbiguous = new(
        "unit-ambiguous",
        "origin.code and origin.unit name different units. Send the same unit in both.",
        "origin.codeとorigin.unitの単位が一致しません。同じ単位にしてください。");

    internal static readonly ReasonDefinition FactorInvalid = new(
        "factor-invalid",
        "factor is zero or not a usable number. Send the voltage of one data step.",
        "factorが0か、使える数値ではありません。データ1目盛りに当たる電位を送ってください。");

    internal static readonly ReasonDefinition PeriodInvalid = new(
        "period-invalid",
        "period is missing, not positive or not a usable number. Send the milliseconds between two samples.",
        "periodがないか、正の使える数値ではありません。サンプル間隔をミリ秒で送ってください。");

    internal static readonly ReasonDefinition RateOutOfRange = new(
        "rate-out-of-range",
        "The sampling rate is {0} Hz; {1} to {2} Hz can be read. Check period (milliseconds between samples), or send another rate.",
        "サンプリング周波数が{0} Hzです。読めるのは{1}～{2} Hzです。period（サンプル間隔、ミリ秒）を確認してください。");

    internal static readonly ReasonDefinition DimensionsInvalid = new(
        "dimensions-invalid",
        "dimensions does not fit: it must be 1 for a single lead, and the number of leads for an interlaced waveform.",
        "dimensionsが合いません。単一誘導では1、多重化波形では誘導の数にしてください。");

    internal static readonly ReasonDefinition R5SampledData = new(
        "r5-sampled-data",
        "The waveform uses FHIR R5 (interval, intervalUnit, codeMap or offsets). Send it as FHIR R4 with period and data.",
        "FHIR R5の形式（interval、intervalUnit、codeMap、offsets）です。FHIR R4のperiodとdataで送ってください。");

    internal static readonly ReasonDefinition DataMissing = new(
        "data-missing",
        "The waveform has no samples. Send them in data.",
        "波形のサンプルがありません。dataに入れてください。");

    internal static readonly ReasonDefinition DataTokenInvalid = new(
        "data-token-invalid",
        "Sample {0} is neither a decimal number nor E, L or U. Send numbers separated by single spaces.",
        "{0}番目のサンプルが数値でもE・L・Uでもありません。空白1つで区切った数値で送ってください。");

    internal static readonly ReasonDefinition DataCountMismatch = new(
        "data-count-mismatch",
        "The interlaced waveform has {0} values, which {1} leads do not share evenly. Send one value of each lead for every time.",
        "多重化波形の値が{0}個で、{1}誘導で割り切れません。各時点に全誘導の値を送ってください。");

    internal static readonly ReasonDefinition LengthsDiffer = new(
        "lengths-differ",
        "Lead {0} has another number of samples ({1}) than the first lead ({2}). Send all leads of the same time span.",
        "{0}誘導のサンプル数（{1}）が最初の誘導（{2}）と異なります。全誘導を同じ時間幅で送ってください。");

    internal static readonly ReasonDefinition RatesDiffer = new(
        "rates-differ",
        "The sampling rate is {0} Hz here and {1} Hz in the first lead. Send all leads at one rate.",
        "サンプリング周波数が{0} Hzで、最初の誘導（{1} Hz）と異なります。全誘導を同じ周波数で送ってください。");

    internal static readonly ReasonDefinition TooLong = new(
        "too-long",
        "The recording has more than {0} samples per lead. Send shorter sections, such as 10 s.",
        "1誘導のサンプル数が{0}を超えています。10秒など短い区間で送ってください。");

    internal static readonly ReasonDefinition ScaleImplausible = new(
        "scale-implausible",
        "Lead {0} swings by more than {1} mV, which no ECG does. Check unit and factor.",
        "{0}誘導の振れが{1} mVを超えており、心電図としてあり得ません。単位とfactorを確認してください。");

    internal static readonly ReasonDefinition LeadMissing = new(
        "lead-missing",
        "Lead {0} is missing and cannot be derived. Record or send it again with all leads.",
        "{0}誘導がなく、他の誘導から計算できません。全誘導を記録して送り直してください。");

    internal static readonly ReasonDefinition SamplesMissing = new(
        "samples-missing",
        "Lead {0} lacks {1} of its samples. Check the electrode and record again.",
        "{0}誘導のサンプルが{1}個欠けています。電極を確認して記録し直してください。");

    internal static readonly ReasonDefinition TooShort = new(
        "too-short",
        "The recording lasts {0} s; at least {1} s are needed. Record 10 s or longer.",
        "記録時間が{0}秒です。{1}秒以上が必要です。10秒以上記録してください。");

    internal static readonly ReasonDefinition LeadFlat = new(
        "lead-flat",
        "Lead {0} shows no signal for {1} s. Check the electrode and record again.",
        "{0}誘導に{1}秒間、信号がありません。電極を確認して記録し直してください。");

    internal static readonly ReasonDefinition LeadSaturated = new(
        "lead-saturated",
        "Lead {0} is clipped: {1} samples are at or outside the recorder's limits. Check electrode and gain and record again.",
        "{0}誘導が飽和しています（記録範囲の限界に達したサンプルが{1}個）。電極と感度を確認して記録し直してください。");

    internal static readonly ReasonDefinition LeadNoise = new(
        "lead-noise",
        "Lead {0} is mostly mains or muscle noise ({1} % of its power). Check the electrode and record again.",
        "{0}誘導はほとんどが交流雑音または筋電図です（パワーの{1}%）。電極を確認して記録し直してください。");

    internal static readonly ReasonDefinition LimbLeadsContradict = new(
        "limb-leads-contradict",
        "Lead {0} does not follow from leads I and II (difference {1} % of its size). Check lead order, sign and scale.",
        "{0}誘導がI・II誘導と矛盾しています（大きさの{1}%の差）。誘導の順序・極性・感度を確認してください。");

    /// <summary>Every definition, for the documentation and for tests.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        JsonInvalid, NotObservation, StructureInvalid, PropertyDuplicate, ModifierExtension, NoWaveform, LeadCodeUnknown,
        LeadCodeAmbiguous, LeadDuplicate, PanelLeadsUnknown, TooManyWaveforms, OriginInvalid, UnitMissing, UnitUnknown,
        UnitAmbiguous, FactorInvalid, PeriodInvalid, RateOutOfRange, DimensionsInvalid, R5SampledData, DataMissing,
        DataTokenInvalid, DataCountMismatch, LengthsDiffer, RatesDiffer, TooLong, ScaleImplausible,
        LeadMissing, SamplesMissing, TooShort, LeadFlat, LeadSaturated, LeadNoise, LimbLeadsContradict,
    ];
}
