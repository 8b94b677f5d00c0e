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
        var id = new Argument<Guid>("ID")
        {
            Description = say("The event's id, as ecg queues dead or ecg studies shows it.", "イベントID(ecg queues dead または ecg studies が表示するもの)。"),
        };
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
            await WriteAsync(file, body, cancellationToken);
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

    private static async Task WriteAsync(string file, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(file, options);
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
}
