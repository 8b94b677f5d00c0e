using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Commands.Files;

/// <summary>Why a file on the command line is no ECG before any reader has seen it.</summary>
internal static class FileReasons
{
    internal static readonly ReasonDefinition TooLarge = new(
        "file-too-large",
        "The file is larger than {0} MB. Send one ECG a file, or NDJSON with one a line.",
        "ファイルが{0} MBを超えています。1ファイルに1心電図、または1行に1つのNDJSONにしてください。");

    internal static readonly ReasonDefinition RecordUnreadable = new(
        "wfdb-unreadable",
        "The WFDB record cannot be read: its header is wrong or its signal file is missing or cut off.",
        "WFDBレコードが読めません。ヘッダーの誤り、または信号ファイルの欠落・破損です。");

    internal static readonly ReasonDefinition NotUtf8 = new(
        "file-not-utf8",
        "The file is not UTF-8 (byte {0}), and the worker would refuse it: convert it, for example with iconv -f SHIFT_JIS -t UTF-8.",
        "ファイルがUTF-8ではありません（{0}バイト目）。ワーカーも受け付けません。iconv -f SHIFT_JIS -t UTF-8 などで変換してください。");

    public static IReadOnlyList<ReasonDefinition> All { get; } = [TooLarge, RecordUnreadable, NotUtf8];
}
