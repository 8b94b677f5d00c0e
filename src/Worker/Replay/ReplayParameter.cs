using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Replay;

/// <summary>One parameter of a replay: its name, its option on the command line, and what it takes, as a part of a sentence.</summary>
/// <param name="Name">Over HTTP and in events.</param>
/// <param name="Option">On the command line.</param>
/// <param name="En">What it takes, after "must be".</param>
/// <param name="Ja">The same in Japanese, before 「を指定してください」.</param>
internal sealed record ReplayParameter(string Name, string Option, string En, string Ja)
{
    /// <summary>Most ECGs a minute that can be asked for.</summary>
    public const int HighestRate = 100_000;

    /// <summary>Longest reason.</summary>
    public const int LongestWhy = 500;

    /// <summary>Longest value of anything else.</summary>
    public const int LongestText = 200;

    private const string MomentEn = "a time as ISO 8601 with offset, such as 2026-04-01T00:00:00+09:00";
    private const string MomentJa = "オフセット付きのISO 8601形式の時刻(例: 2026-04-01T00:00:00+09:00)";

    public static readonly ReplayParameter From = Moment("from", "--from");

    public static readonly ReplayParameter Before = Moment("before", "--before");

    public static readonly ReplayParameter Patient = new(
        "patient", "--patient", "Patient/ID, or SYSTEM|VALUE for an identifier", "Patient/ID、または識別子 SYSTEM|VALUE");

    public static readonly ReplayParameter Source = Text("source", "--source", LongestText);

    public static readonly ReplayParameter Status = OneOf(
        "status", "--status", Enum.GetValues<StudyStatus>().Where(status => status != StudyStatus.Received).Select(WireName.Of));

    public static readonly ReplayParameter Urgency = OneOf(
        "urgency", "--urgency", Enum.GetValues<Urgency>().OrderDescending().Select(WireName.Of));

    public static readonly ReplayParameter Label = new(
        "label", "--label", "the code of a label such as AFIB, as labels.json of a model bundle lists them", "所見コード(例: AFIB。モデルバンドルのlabels.jsonに一覧があります)");

    public static readonly ReplayParameter FromModel = new(
        "fromModel", "--from-model", "the SHA-256 of a model or its first 4 digits or more, such as 237b6c2b", "モデルのSHA-256またはその先頭4桁以上(例: 237b6c2b)");

    public static readonly ReplayParameter Reason = new(
        "reason", "--reason", "a reason code of docs/reason-codes.md, such as attempts-used-up", "docs/reason-codes.mdの理由コード(例: attempts-used-up)");

    public static readonly ReplayParameter All = Truth("all", "--all");

    public static readonly ReplayParameter Model = Text("model", "--model", LongestText);

    public static readonly ReplayParameter DryRun = Truth("dryRun", "dry-run");

    public static readonly ReplayParameter Why = Text("why", "--why", LongestWhy);

    public static readonly ReplayParameter Key = new(
        "key", "--key", "1 to 128 letters, digits and . _ : -", "128文字以内の英数字と . _ : -");

    public static readonly ReplayParameter PerMinute = new(
        "perMinute", "--per-minute", $"a whole number from 1 to {HighestRate}", $"1から{HighestRate}までの整数");

    /// <summary>Longest misspelling of a name that is told from a word of its own.</summary>
    private const int MostEdits = 2;

    private const int ShortestMisspelt = 5;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ReplayParameter> Known { get; } =
        [From, Before, Patient, Source, Status, Urgency, Label, FromModel, Reason, All, Model, DryRun, Why, Key, PerMinute];

    /// <summary>The conditions among them.</summary>
    public static IReadOnlyList<ReplayParameter> Conditions { get; } =
        [From, Before, Patient, Source, Status, Urgency, Label, FromModel, Reason];

    /// <summary>What the option takes, where that is more than over HTTP.</summary>
    public (string En, string Ja)? OptionTakes { get; init; }

    /// <summary>
    /// True where a name is one of these with a slip of the pen. Only such a name is repeated to the one who asks: any other text
    /// could be a patient's name in the wrong place.
    /// </summary>
    public static bool IsMisspelt(string name) => Known.Any(known =>
        known.Name.Length >= ShortestMisspelt && Math.Abs(known.Name.Length - name.Length) <= MostEdits
        && Edits(known.Name.ToUpperInvariant(), name.ToUpperInvariant()) <= MostEdits);

    private static ReplayParameter Moment(string name, string option) => new(name, option, MomentEn, MomentJa)
    {
        OptionTakes = (
            "a time as ISO 8601 (2026-04-01, 2026-04-01T09:00, or with an offset), or an age from 1 such as 90m, 36h or 7d",
            "ISO 8601形式の時刻(2026-04-01、2026-04-01T09:00、オフセット付きも可)、または 90m・36h・7d などの1以上の経過時間"),
    };

    private static ReplayParameter OneOf(string name, string option, IEnumerable<string> values)
    {
        var list = values.ToList();
        return new(name, option, $"one of {string.Join(", ", list)}", $"{string.Join("、", list)} のいずれか");
    }

    private static ReplayParameter Truth(string name, string option) => new(name, option, "true or false", "trueまたはfalse");

    private static ReplayParameter Text(string name, string option, int longest) => new(
        name, option, $"1 to {longest} characters without control and format characters", $"制御文字・書式文字を含まない{longest}文字以内の文字列");

    private static int Edits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
