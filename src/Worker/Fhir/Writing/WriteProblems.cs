using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>Why something is not written. The element is named, its value never.</summary>
internal static class WriteProblems
{
    public static ProblemDefinition ContentTypeUnsupported { get; } = new(StatusCodes.Status415UnsupportedMediaType, "not-supported", new(
        "fhir-content-type-unsupported",
        "The body must be application/fhir+json or application/json, in UTF-8 and FHIR R4.",
        "本文は application/fhir+json または application/json（UTF-8、FHIR R4）で送信してください。"));

    public static ProblemDefinition NotJson { get; } = new(StatusCodes.Status400BadRequest, "structure", new(
        "fhir-body-not-json",
        "The body is no valid JSON from line {0}, byte {1} of it on: correct it there.",
        "本文が{0}行目の{1}バイト目から正しいJSONではありません。この位置を修正してください。"));

    public static ProblemDefinition NotResource { get; } = new(StatusCodes.Status400BadRequest, "structure", new(
        "fhir-body-not-resource",
        "The body is not one JSON object with a resourceType: send one FHIR resource.",
        "本文が resourceType を持つ1つのJSONオブジェクトではありません。FHIRリソースを1件送信してください。"));

    public static ProblemDefinition ElementRepeated { get; } = new(StatusCodes.Status400BadRequest, "structure", new(
        "fhir-element-repeated",
        "The element is named twice in one JSON object: name it once, and put several values into an array.",
        "1つのJSONオブジェクトに同じ要素が重複しています。要素は1回だけ記述し、複数の値は配列で指定してください。"));

    public static ProblemDefinition BodyTooDeep { get; } = new(StatusCodes.Status400BadRequest, "too-costly", new(
        "fhir-body-too-deep",
        "The body is nested deeper than {0} levels here: send it with fewer.",
        "この要素で本文の入れ子が{0}段を超えています。階層を減らして送信してください。"));

    public static ProblemDefinition NotText { get; } = new(StatusCodes.Status400BadRequest, "structure", new(
        "fhir-body-not-unicode",
        "A text in the body is not valid Unicode: send it in valid UTF-8, without unpaired surrogates.",
        "本文に正しいUnicodeではないテキストがあります。不正なサロゲートのない正しいUTF-8で送信してください。"));

    public static ProblemDefinition NullCharacter { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", StorageReasons.NullCharacter);

    public static ProblemDefinition TypeMismatch { get; } = new(StatusCodes.Status400BadRequest, "invalid", new(
        "fhir-type-mismatch",
        "The resourceType of the body is not the type in the URL: send the resource to the address of its own type.",
        "本文の resourceType がURLの型と異なります。リソースの型のアドレスに送信してください。"));

    public static ProblemDefinition IdMismatch { get; } = new(StatusCodes.Status400BadRequest, "invalid", new(
        "fhir-id-mismatch",
        "The id of the body is missing or is not the id in the URL: send the same id in both.",
        "本文の id がないか、URLのidと異なります。両方に同じidを指定してください。"));

    public static ProblemDefinition IdInvalid { get; } = new(StatusCodes.Status400BadRequest, "value", new(
        "fhir-id-invalid",
        "The id in the URL is no FHIR id: 1 to 64 letters, digits, hyphens and dots.",
        "URLのidがFHIRのidではありません。英数字、ハイフン、ピリオドで1〜64文字にしてください。"));

    public static ProblemDefinition IdReserved { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", new(
        "fhir-id-reserved",
        "Ids of this form are given by this system alone (a UUID of version 8, or a model's SHA-256): choose another one, or let the server choose with POST.",
        "この形式のid（UUIDバージョン8、またはモデルのSHA-256）は本システム専用です。別のidを使うか、POSTでサーバーに採番させてください。"));

    public static ProblemDefinition TooComplex { get; } = new(StatusCodes.Status422UnprocessableEntity, "too-costly", new(
        "fhir-resource-too-complex",
        "The resource has more than {0} values, or a name longer than {1} bytes: send less in one resource.",
        "リソースの値が{0}個を超えているか、{1}バイトを超える名前があります。内容を分割してください。"));

    public static ProblemDefinition ElementMissing { get; } = Invalid("required", new(
        "fhir-element-missing",
        "A required element is missing here, or an element is given less often or more often than R4 allows: correct it.",
        "必須の要素がないか、要素の数がR4の定める範囲にありません。修正してください。"));

    public static ProblemDefinition ElementEmpty { get; } = Invalid("required", new(
        "fhir-element-empty",
        "The element has neither a value nor anything within it but an id: give it content, or leave it out where R4 does not require it.",
        "要素に値も、id以外の内容もありません。内容を指定するか、R4で必須でない場合は省略してください。"));

    public static ProblemDefinition CodeUnknown { get; } = Invalid("code-invalid", new(
        "fhir-code-unknown",
        "The code is not one of those that R4 requires for this element: use one of its value set.",
        "この要素でR4が定める値セットにないコードです。値セットのコードを使用してください。"));

    public static ProblemDefinition ValueInvalid { get; } = Invalid("value", new(
        "fhir-value-invalid",
        "The value does not have the form that R4 prescribes for this element: correct it.",
        "値がこの要素についてR4の定める形式ではありません。修正してください。"));

    public static ProblemDefinition NumberOutOfRange { get; } = Invalid("value", new(
        "fhir-number-out-of-range",
        "The number lies beyond 7.9E28, the largest that is taken here: send it in a larger unit.",
        "数値が本システムで扱える範囲（絶対値7.9E28まで）を超えています。より大きい単位で送信してください。"));

    public static ProblemDefinition ElementUnknown { get; } = Invalid("structure", new(
        "fhir-element-unknown",
        "There is an element here that R4 does not know: remove it, or send it as an extension.",
        "R4にない要素があります。削除するか、拡張として送信してください。"));

    public static ProblemDefinition ArrayEmpty { get; } = Invalid("structure", new(
        "fhir-array-empty",
        "The array is empty or holds nothing but null: leave the element out.",
        "配列が空か、nullだけです。要素を省略してください。"));

    public static ProblemDefinition NullMisplaced { get; } = Invalid("structure", new(
        "fhir-null-misplaced",
        "There is a null where a value must be: leave the element out, or give it a value.",
        "値が必要な位置にnullがあります。要素を省略するか、値を指定してください。"));

    public static ProblemDefinition TypeUnfit { get; } = Invalid("structure", new(
        "fhir-type-unfit",
        "The element has a value of another kind than R4 gives it, such as an object for a text, a text for an object, or a type that its choice does not allow: see the element in R4.",
        "要素の値の種類がR4と異なります（テキストの位置にオブジェクト、選択肢にない型など）。R4の要素定義を確認してください。"));

    public static ProblemDefinition ResourceTypeUnknown { get; } = Invalid("structure", new(
        "fhir-resource-type-unknown",
        "A resource within this one has no resourceType that R4 knows: correct it.",
        "含まれるリソースのresourceTypeがないか、R4にない型です。修正してください。"));

    public static ProblemDefinition StructureInvalid { get; } = Invalid("structure", new(
        "fhir-structure-invalid",
        "The element is not valid FHIR R4 ({0}): correct it.",
        "FHIR R4として正しくない要素です（{0}）。修正してください。"));

    public static ProblemDefinition ReferenceMalformed { get; } = Invalid("value", new(
        "fhir-reference-malformed",
        "The reference has none of the forms of R4: TYPE/ID, an absolute URL, #ID of a contained resource, or urn:uuid within a Bundle.",
        "参照がR4の形式ではありません。TYPE/ID、絶対URL、containedの#ID、またはBundle内のurn:uuidで指定してください。"));

    public static ProblemDefinition ReferenceTarget { get; } = Invalid("value", new(
        "fhir-reference-target",
        "The reference does not lead to a type that R4 allows here ({0}).",
        "この要素でR4が許す型（{0}）への参照ではありません。"));

    public static ProblemDefinition ContainedMissing { get; } = Invalid("not-found", new(
        "fhir-contained-missing",
        "The reference leads to a contained resource that is not in the resource: add it, or correct the reference.",
        "参照先のcontainedリソースがありません。追加するか、参照を修正してください。"));

    public static ProblemDefinition ReferenceTemporary { get; } = Invalid("not-found", new(
        "fhir-reference-temporary",
        "A reference by urn:uuid or by a search leads to nothing here: it is allowed within a transaction alone, to one of its entries or to what is found.",
        "urn:uuidまたは検索条件による参照の参照先がありません。transaction内で、そのエントリまたは検索結果を指す場合にのみ使用できます。"));

    public static ProblemDefinition ReferenceUnresolved { get; } = new(StatusCodes.Status412PreconditionFailed, "not-found", new(
        "fhir-reference-unresolved",
        "The search that stands as a reference finds nothing: nothing was written.",
        "参照として指定された検索条件に一致するリソースがありません。何も書き込んでいません。"));

    public static ProblemDefinition ReferenceAmbiguous { get; } = new(StatusCodes.Status412PreconditionFailed, "multiple-matches", new(
        "fhir-reference-ambiguous",
        "The search that stands as a reference finds more than one resource: nothing was written.",
        "参照として指定された検索条件に複数のリソースが一致します。何も書き込んでいません。"));

    public static ProblemDefinition Subsetted { get; } = Invalid("business-rule", new(
        "fhir-resource-subsetted",
        "The resource is tagged SUBSETTED, that is, a part of what was stored: read it whole, and send it whole.",
        "リソースにSUBSETTEDのタグがあり、一部の要素しか含まれていません。全体を読み出してから送信してください。"));

    public static ProblemDefinition MachineMade { get; } = new(StatusCodes.Status403Forbidden, "forbidden", new(
        "fhir-machine-made",
        "This resource is this system's own and is not changed by clients: a report is settled by $sign, a review Task is moved along by its status.",
        "このリソースは本システムが作成したもので、クライアントからは変更できません。報告書は$signで確定し、確認Taskはstatusの更新で進めてください。"));

    public static ProblemDefinition MachineClaim { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", new(
        "fhir-machine-claim",
        "The element claims that this system's model made the resource, or that a machine settled it: send what is your own.",
        "本システムのモデルが作成した、または機械が確定したとする要素があります。自システムの内容のみを送信してください。"));

    public static ProblemDefinition EcgSamplesRemoved { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", new(
        "fhir-ecg-samples-removed",
        "An ECG is stored under this id, and the new version has no samples: send it with them, or take it back with status entered-in-error.",
        "このidには心電図が保存されていますが、新しい版に波形がありません。波形を付けて送信するか、status を entered-in-error にして取り消してください。"));

    public static ProblemDefinition EcgNotDeletable { get; } = new(StatusCodes.Status409Conflict, "business-rule", new(
        "fhir-ecg-not-deletable",
        "An ECG is never deleted: send it with status entered-in-error.",
        "心電図は削除できません。status を entered-in-error にして送信してください。"));

    public static ProblemDefinition InUse { get; } = new(StatusCodes.Status409Conflict, "conflict", new(
        "fhir-resource-in-use",
        "Other stored resources refer to this one: change or delete those first.",
        "他のリソースがこのリソースを参照しています。先にそれらを変更または削除してください。"));

    public static ProblemDefinition PatientChanged { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", new(
        "fhir-patient-changed",
        "The resource is stored under another patient and never moves: take it back with status entered-in-error, and send it anew under another id.",
        "このリソースは別の患者のものとして保存されており、患者は変更できません。status を entered-in-error にして取り消し、別のidで送信し直してください。"));

    public static ProblemDefinition VersionConflict { get; } = new(StatusCodes.Status412PreconditionFailed, "conflict", new(
        "fhir-version-conflict",
        "The stored version is not the one named in If-Match: read the resource again, and repeat the change on it.",
        "保存されている版がIf-Matchの版と異なります。読み直してから変更してください。"));

    public static ProblemDefinition TransactionReadFailed { get; } = new(StatusCodes.Status400BadRequest, "processing", new(
        "fhir-transaction-read-failed",
        "An entry that reads finds nothing, or cannot be understood: nothing was written. Correct it, or send a batch where reads may fail.",
        "読み出しのエントリに一致するものがないか、解釈できません。何も書き込んでいません。修正するか、失敗してもよい場合はbatchで送信してください。"));

    public static ProblemDefinition AlreadyStored { get; } = new(StatusCodes.Status412PreconditionFailed, "conflict", new(
        "fhir-already-stored",
        "A resource is stored under this id, and If-None-Match: * asks that there be none: leave the header out to change it.",
        "このidのリソースは既に保存されています（If-None-Match: * の条件に合いません）。変更する場合はこのヘッダーを外してください。"));

    public static ProblemDefinition IfMatchInvalid { get; } = new(StatusCodes.Status400BadRequest, "value", new(
        "fhir-if-match-invalid",
        "If-Match must be an ETag that a read gave, for example W/\"3\".",
        "If-Matchには読み出しで得たETagを指定してください（例：W/\"3\"）。"));

    public static ProblemDefinition IfMatchRequired { get; } = new(StatusCodes.Status428PreconditionRequired, "required", new(
        "fhir-if-match-required",
        "This change needs If-Match with the ETag of the version it was made on, so that nobody's change is lost.",
        "この変更には、変更元の版のETagをIf-Matchで指定してください（他の変更を失わないため）。"));

    public static ProblemDefinition ConditionInvalid { get; } = new(StatusCodes.Status400BadRequest, "value", new(
        "fhir-condition-invalid",
        "The condition is no search that narrows anything: name at least one supported parameter, for example identifier=SYSTEM|VALUE.",
        "条件が検索条件として成立していません。対応するパラメータを1つ以上指定してください（例：identifier=SYSTEM|VALUE）。"));

    public static ProblemDefinition ConditionAmbiguous { get; } = new(StatusCodes.Status412PreconditionFailed, "multiple-matches", new(
        "fhir-condition-ambiguous",
        "More than one resource meets the condition: make it narrower. Nothing was written.",
        "条件に複数のリソースが一致します。条件を絞ってください。何も書き込んでいません。"));

    public static ProblemDefinition TaskChange { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", new(
        "fhir-task-change",
        "Of a review Task clients change status, statusReason, owner, note and lastModified alone: send everything else as it was read.",
        "確認Taskでクライアントが変更できるのは status、statusReason、owner、note、lastModified のみです。それ以外は読み出したまま送信してください。"));

    public static ProblemDefinition InteractionUnsupported { get; } = new(StatusCodes.Status405MethodNotAllowed, "not-supported", new(
        "fhir-interaction-unsupported",
        "This type is not written that way here; /fhir/metadata lists what each type takes.",
        "この型はこの方法では書き込めません。/fhir/metadata に型ごとの対応があります。"));

    public static ProblemDefinition BundleTypeUnsupported { get; } = Invalid("value", new(
        "fhir-bundle-type",
        "A Bundle sent here is of type transaction or batch.",
        "ここに送信できるBundleの type は transaction または batch です。"));

    public static ProblemDefinition BundleEntryInvalid { get; } = new(StatusCodes.Status400BadRequest, "invalid", new(
        "fhir-bundle-entry-invalid",
        "The entry has no usable {0}: see docs/fhir.md for what an entry holds.",
        "エントリの {0} が使用できません。エントリの内容は docs/fhir.md を参照してください。"));

    public static ProblemDefinition BundleDuplicate { get; } = new(StatusCodes.Status400BadRequest, "duplicate", new(
        "fhir-bundle-duplicate",
        "Two entries of the transaction are about the same resource, or have the same fullUrl: send each once. Nothing was written.",
        "transactionの2つのエントリが同じリソースを対象とするか、同じfullUrlを持っています。1件ずつにしてください。何も書き込んでいません。"));

    public static ProblemDefinition BundleTooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "too-costly", new(
        "fhir-bundle-too-large",
        "The Bundle has more than {0} entries: send several.",
        "Bundleのエントリが{0}件を超えています。分割して送信してください。"));

    public static ProblemDefinition NarrativeInvalid { get; } = Invalid("structure", new(
        "fhir-narrative-invalid",
        "The narrative holds what R4 does not permit in it ({0}): send well-formed XHTML with text, basic formatting, http(s) links, and images as data:image or #ID alone.",
        "説明文（XHTML）にR4が認めない内容があります（{0}）。テキストと基本的な書式、http(s)のリンク、data:imageまたは#IDの画像だけを含む整形式のXHTMLで送信してください。"));

    public static ProblemDefinition SignOffClaim { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", new(
        "fhir-sign-off-claim",
        "The element would settle, replace or take over a result of this system: a physician settles it with $sign; refer to it as a source (derivedFrom, entity.role source) instead.",
        "本システムの結果を確定、置換、または取り込むことになる要素です。確定は医師が$signで行います。結果には出典（derivedFrom、entity.role の source）として言及してください。"));

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        .. new[]
        {
            ContentTypeUnsupported, NotJson, NotResource, ElementRepeated, BodyTooDeep, NotText, TypeMismatch, IdMismatch, IdInvalid, IdReserved, TooComplex, ElementMissing, ElementEmpty, CodeUnknown,
            ValueInvalid, NumberOutOfRange, ElementUnknown, ArrayEmpty, NullMisplaced, TypeUnfit, ResourceTypeUnknown, StructureInvalid, ReferenceMalformed, ReferenceTarget, ContainedMissing, ReferenceTemporary,
            ReferenceUnresolved, ReferenceAmbiguous, Subsetted, MachineMade, MachineClaim, EcgSamplesRemoved, EcgNotDeletable, InUse, PatientChanged,
            VersionConflict, AlreadyStored, TransactionReadFailed, IfMatchInvalid, IfMatchRequired, ConditionInvalid, ConditionAmbiguous, TaskChange, InteractionUnsupported,
            BundleTypeUnsupported, BundleEntryInvalid, BundleDuplicate, BundleTooLarge,
            NarrativeInvalid, SignOffClaim,
        }.Select(problem => problem.Definition),
    ];

    /// <summary>A reason of another stage, for which an event would be rejected.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="expression">Its place in the request.</param>
    public static FhirProblem Of(Reason reason, string expression) =>
        new(StatusCodes.Status422UnprocessableEntity, "business-rule", reason, expression);

    private static ProblemDefinition Invalid(string issueType, ReasonDefinition definition) =>
        new(StatusCodes.Status422UnprocessableEntity, issueType, definition);
}
