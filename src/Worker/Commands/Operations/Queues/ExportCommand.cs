using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Operations;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary><c>ecg queues export</c>: the kept body of a rejected event as a file for its owner alone.</summary>
internal static class ExportCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var id = EventIds.One(
            "ID", say("The event's id, as ecg queues dead or ecg studies shows it.", "イベントID(ecg queues dead または ecg studies が表示するもの)。"), say);
        var file = new Option<string>("--out")
        {
            HelpName = "FILE",
            Required = true,
            Description = say("A file that does not exist yet; readable by its owner alone.", "新しいファイル名。所有者だけが読めます。"),
        };
        var command = new Command("export", say(
            "Write the kept body of a rejected event to a file, to be mended and published. It can hold a patient's name.",
            "拒否されたイベントの本文をファイルに書き出します。修正して送信できます。患者情報を含むことがあります。"))
        {
            id, file,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(Terminal.Of(parsed), parsed.GetRequiredValue(id), parsed.GetRequiredValue(file), cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Terminal terminal, Guid eventId, string file, CancellationToken cancellationToken) =>
        LedgerAccess.UseAsync(async services =>
        {
            if (file.Length == 0 || Path.GetDirectoryName(Path.GetFullPath(file)) is not { } folder || !Directory.Exists(folder))
            {
                throw new CommandException(terminal.Say(
                    $"The folder of --out '{file}' does not exist: create it, or name a file in another one.",
                    $"--out '{file}' のフォルダーがありません。作成するか、別の場所のファイル名を指定してください。"));
            }

            if (Path.Exists(file))
            {
                throw new CommandException(terminal.Say(
                    $"{file} exists already and was left as it is: name another file.", $"{file} は既に存在します。別のファイル名を指定してください。"));
            }

            var kept = await FindAsync(terminal, services, eventId, cancellationToken);
            if (kept.Body is not { } body)
            {
                throw new CommandException(terminal.Say(
                    $"The body of {eventId} had {kept.Length} bytes, more than Postgres:RejectedBodyLimit, and was not kept: ask its sender for it.",
                    $"{eventId} の本文は{kept.Length}バイトあり、Postgres:RejectedBodyLimit を超えたため保存されていません。送信元に確認してください。"));
            }

            await LedgerAccess.RecordAsync(services, "export", eventId, cancellationToken);
            await WriteAsync(terminal, file, body, cancellationToken);
            terminal.Output.WriteLine(terminal.Json
                ? JsonSerializer.Serialize(new { eventId, file, bytes = kept.Length, kept.Sha256 }, ContractJson.Compact)
                : $"{eventId}  {file}");
            return 0;
        });

    private static async Task<KeptBody> FindAsync(
        Terminal terminal, IServiceProvider services, Guid eventId, CancellationToken cancellationToken)
    {
        try
        {
            return await services.GetRequiredService<IKeptBodies>().FindAsync(eventId, cancellationToken)
                ?? throw new CommandException(terminal.Say(
                    $"No body is kept of {eventId}: the ledger has no rejected event of that id.",
                    $"{eventId} の本文は保存されていません。このIDの拒否されたイベントは台帳にありません。"));
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(terminal.Say(
                $"The kept body of {eventId} is damaged: restore the database, or ask the sender for it.",
                $"{eventId} の保存済み本文が破損しています。データベースを復元するか、送信元に確認してください。"), e);
        }
    }

    private static async Task WriteAsync(Terminal terminal, string file, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = Open(terminal, file, options);
        try
        {
            await stream.WriteAsync(body, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch
        {
            // Half a body must not be taken for a whole one.
            File.Delete(file);
            throw;
        }
    }

    private static FileStream Open(Terminal terminal, string file, FileStreamOptions options)
    {
        try
        {
            return new FileStream(file, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(terminal.Say(
                $"--out '{file}' cannot be written: check the folder's owner and permissions, or name a file in another one.",
                $"--out '{file}' に書き込めません。フォルダーの所有者と権限を確認するか、別の場所のファイル名を指定してください。"), e);
        }
    }
}
