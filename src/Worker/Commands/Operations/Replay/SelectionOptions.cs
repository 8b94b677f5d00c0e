using System.CommandLine;
using System.Globalization;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary>The conditions of a replay as options; all that are given hold together.</summary>
internal sealed class SelectionOptions
{
    private readonly List<(string Name, Option<string> Option)> _options = [];
    private readonly Option<bool> _all;

    public SelectionOptions(Say say)
    {
        Add("from", "--from", "TIME", say(
            "Received at this time or later: ISO 8601 (Japan's time without an offset), or an age such as 90m, 36h or 7d.",
            "この時刻以降に受信したもの(ISO 8601。オフセットがなければ日本時間。90m・36h・7d などの経過時間も可)。"));
        Add("before", "--before", "TIME", say("Received before this time.", "この時刻より前に受信したもの。"));
        Add("patient", "--patient", "REF", say(
            "Of this patient: Patient/ID, or SYSTEM|VALUE for an identifier.", "この患者のもの(Patient/ID、または識別子 SYSTEM|VALUE)。"));
        Add("source", "--source", "NAME", say("Sent by this system.", "この送信元システムのもの。"));
        Add("status", "--status", "STATUS", say("classified, uncertain, unanalysable, rejected or failed.", "classified・uncertain・unanalysable・rejected・failed のいずれか。"));
        Add("urgency", "--urgency", "URGENCY", say("critical, urgent, review or routine.", "critical・urgent・review・routine のいずれか。"));
        Add("label", "--label", "CODE", say("With this label among the suggestions.", "この所見コードが候補にあるもの。"));
        Add("fromModel", "--from-model", "SHA", say("Read by this model: its SHA-256 or the beginning of it.", "このモデルが解析したもの(SHA-256またはその先頭)。"));
        Add("reason", "--reason", "CODE", say("With this reason code.", "この理由コードのあるもの。"));
        _all = new Option<bool>("--all") { Description = say("Every ECG; instead of conditions.", "すべての心電図(条件の代わり)。") };
    }

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var (_, option) in _options)
        {
            command.Add(option);
        }

        command.Add(_all);
    }

    /// <summary>What was given, by the names that HTTP and events use.</summary>
    public IEnumerable<KeyValuePair<string, string>> Read(ParseResult parsed)
    {
        foreach (var (name, option) in _options)
        {
            if (parsed.GetValue(option) is { } value)
            {
                yield return new(name, name is "from" or "before" ? Moment(value, TimeProvider.System.GetUtcNow()) : value);
            }
        }

        if (parsed.GetValue(_all))
        {
            yield return new("all", "true");
        }
    }

    /// <summary>The times as they were given: an age given again is the same wish, though it is another moment by then.</summary>
    public Dictionary<string, string> Typed(ParseResult parsed) => _options
        .Where(option => option.Name is "from" or "before" && parsed.GetValue(option.Option) is not null)
        .ToDictionary(option => option.Name, option => parsed.GetValue(option.Option)!);

    /// <summary>Ages and dates without an offset as moments; anything else as it is, to be refused with what can be used.</summary>
    internal static string Moment(string text, DateTimeOffset now) =>
        JapanTime.TryRead(text, now, out var moment) ? moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture) : text;

    private void Add(string name, string option, string help, string description) =>
        _options.Add((name, new Option<string>(option) { HelpName = help, Description = description }));
}
