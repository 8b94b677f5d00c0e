using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Intake;

/// <summary>Why an event is not a valid ECG event.</summary>
internal static class EventReasons
{
    public static readonly ReasonDefinition BodyEmpty = new(
        "body-empty",
        "The message body is empty: send the event as JSON.",
        "メッセージ本文が空です。イベントをJSONで送信してください。");

    public static readonly ReasonDefinition BodyTooLarge = new(
        "body-too-large",
        "The message body has {0} bytes, more than the {1} allowed: send one ECG an event, or raise Intake:MaxBodyBytes.",
        "メッセージ本文が{0}バイトあり、上限の{1}バイトを超えています。1イベントに1心電図とするか、Intake:MaxBodyBytesを引き上げてください。");

    public static readonly ReasonDefinition BodyNotUtf8 = new(
        "body-not-utf8",
        "The message body is not UTF-8: send the event as UTF-8 JSON.",
        "メッセージ本文がUTF-8ではありません。UTF-8のJSONで送信してください。");

    public static readonly ReasonDefinition BodyNotJson = new(
        "body-not-json",
        "The message body is not JSON (byte {0}): send the event as one JSON object.",
        "メッセージ本文がJSONではありません（{0}バイト目）。1つのJSONオブジェクトで送信してください。");

    public static readonly ReasonDefinition BodyTooDeep = new(
        "body-too-deep",
        "The message body is nested {0} levels deep, more than the {1} allowed: send a plain FHIR Observation.",
        "メッセージ本文の入れ子が{0}段あり、上限の{1}段を超えています。通常のFHIR Observationを送信してください。");

    public static readonly ReasonDefinition DuplicateProperty = new(
        "duplicate-property",
        "An object in the body has the same property twice, so its meaning is ambiguous: send each property once.",
        "本文のオブジェクトに同じプロパティが重複しており、意味が定まりません。各プロパティは1回だけ送信してください。");

    public static readonly ReasonDefinition EventIdMissing = new(
        "event-id-missing",
        "The event has no eventId: send a UUID, so that the outcome can be matched to it.",
        "イベントにeventIdがありません。結果と対応付けられるようUUIDを付けてください。");

    public static readonly ReasonDefinition EventIdInvalid = new(
        "event-id-invalid",
        "eventId is not a UUID: send one in the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.",
        "eventIdがUUIDではありません。xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxxの形式で送信してください。");

    public static readonly ReasonDefinition FieldInvalid = new(
        "event-field-invalid",
        "{0} is missing or not of the form that the event contract asks for: see docs/events.md.",
        "{0}がないか、イベント仕様の形式ではありません。docs/events.mdを参照してください。");

    public static readonly ReasonDefinition ObservationMissing = new(
        "observation-missing",
        "The event has neither an observation nor a reference to a stored one: send one of them.",
        "イベントにobservationも、保存済みObservationへのreferenceもありません。いずれか一方を送信してください。");

    public static readonly ReasonDefinition ObservationAmbiguous = new(
        "observation-ambiguous",
        "The event has both an observation and a reference: send only one of them.",
        "イベントにobservationとreferenceの両方があります。いずれか一方だけを送信してください。");

    public static readonly ReasonDefinition ReferenceInvalid = new(
        "reference-invalid",
        "reference must be of the form Observation/ID with a FHIR id.",
        "referenceは「Observation/ID」の形式（FHIRのid）でなければなりません。");

    public static readonly ReasonDefinition FhirInvalid = new(
        "fhir-invalid",
        "The Observation is not valid FHIR R4 ({0}): correct the element named.",
        "ObservationがFHIR R4として正しくありません（{0}）。示された要素を修正してください。");

    public static readonly ReasonDefinition ObservationTooComplex = new(
        "observation-too-complex",
        "The Observation has more than {0} values, or a name longer than {1} bytes: send one ECG as a plain FHIR Observation.",
        "Observationの値が{0}個を超えているか、{1}バイトを超える名前があります。1件の心電図を通常のFHIR Observationとして送信してください。");

    public static readonly ReasonDefinition StatusUnusable = new(
        "status-unusable",
        "An Observation with status {0} is not an ECG to classify: send it as registered, preliminary, final, amended or corrected.",
        "ステータスが{0}のObservationは解析対象になりません。registered、preliminary、final、amended、correctedのいずれかで送信してください。");

    public static readonly ReasonDefinition SubjectMissing = new(
        "subject-missing",
        "The Observation names no patient: a result cannot be filed without subject.reference or subject.identifier.",
        "Observationに患者がありません。subject.referenceまたはsubject.identifierがなければ結果を記録できません。");

    public static readonly ReasonDefinition SubjectNotPatient = new(
        "subject-not-patient",
        "The subject of the Observation is not a Patient: send the ECG with a Patient as its subject.",
        "ObservationのsubjectがPatientではありません。Patientをsubjectとして送信してください。");

    public static readonly ReasonDefinition AttemptsUsedUp = new(
        "attempts-used-up",
        "The ECG could not be processed in {0} attempts; the fault was not in the ECG: replay it when the fault is mended.",
        "{0}回試行しましたが処理できませんでした。心電図の問題ではありません。障害の復旧後に再処理してください。");

    public static readonly ReasonDefinition ProcessingFault = new(
        "processing-fault",
        "A fault of the system interrupted the analysis ({0}); it is tried again by itself.",
        "システムの障害により解析が中断しました（{0}）。自動的に再試行します。");

    public static readonly ReasonDefinition IntakeFault = new(
        "intake-fault",
        "A fault of the system kept the event from being read ({0}); its body is kept, and it is read again by itself.",
        "システムの障害によりイベントを読み取れませんでした（{0}）。本文は保存されており、自動的に再試行します。");

    public static readonly ReasonDefinition SubjectAmbiguous = new(
        "subject-ambiguous",
        "The Observation names two patients, or one that cannot be told: subject, its identifier and the contained Patient must be the same.",
        "Observationの患者が一意に定まりません。subject、そのidentifier、containedのPatientを一致させてください。");

    public static readonly ReasonDefinition SubjectInvalid = new(
        "subject-invalid",
        "subject.reference is no reference that a result could be found by: send Patient/ID, an absolute URL, or subject.identifier alone.",
        "subject.referenceが患者への参照として使用できません。Patient/ID、絶対URL、またはsubject.identifierのみを送信してください。");

    public static readonly ReasonDefinition ImplicitRules = new(
        "implicit-rules",
        "implicitRules may change the meaning of the Observation and is not understood: send the ECG without it.",
        "implicitRulesはObservationの意味を変えうるため解釈できません。付けずに送信してください。");

    public static readonly ReasonDefinition DataAbsent = new(
        "data-absent",
        "dataAbsentReason stands beside a value: send a lead either with its samples or with the reason why it has none.",
        "dataAbsentReasonと値が同時に指定されています。波形またはdataAbsentReasonのどちらか一方だけを送信してください。");

    public static readonly ReasonDefinition DeliveryLimit = new(
        "delivery-limit",
        "The event ended the worker each time it was delivered, and was given up; its body is kept: report the fault, and replay the event when it is mended.",
        "このイベントは配信のたびにワーカーを停止させたため、処理を打ち切りました。本文は保存されています。障害を報告し、復旧後に再処理してください。");

    public static readonly ReasonDefinition EventIdReused = new(
        "event-id-reused",
        "The eventId was used before for another event: send this one again under an eventId of its own.",
        "このeventIdは別のイベントですでに使用されています。新しいeventIdで送信し直してください。");

    /// <summary>Every definition, for the documented list.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        BodyEmpty, BodyTooLarge, BodyNotUtf8, BodyNotJson, BodyTooDeep, DuplicateProperty, EventIdMissing, EventIdInvalid,
        FieldInvalid, ObservationMissing, ObservationAmbiguous, ReferenceInvalid, FhirInvalid, StatusUnusable,
        SubjectMissing, SubjectNotPatient, AttemptsUsedUp, ProcessingFault, IntakeFault, EventIdReused, DeliveryLimit,
        SubjectAmbiguous, SubjectInvalid, ImplicitRules, DataAbsent, ObservationTooComplex,
    ];
}
