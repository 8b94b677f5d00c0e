namespace EcgIntegration.LocalServers.Processes;

/// <summary>
/// The account a server runs under. Neither server should run as root (initdb refuses to), so root steps down to the
/// account that the Debian package created; anyone else runs the server as themselves.
/// </summary>
internal sealed record ServerAccount(string? UserName)
{
    /// <summary>The account for a server whose Debian package runs it as <paramref name="serviceUser"/>.</summary>
    public static ServerAccount For(string serviceUser) => new(Environment.IsPrivilegedProcess ? serviceUser : null);

    /// <summary>The command, prefixed with what makes it run under this account.</summary>
    public IReadOnlyList<string> Command(params IEnumerable<string> command) => UserName is null
        ? [.. command]
        : ["setpriv", "--reuid", UserName, "--regid", UserName, "--init-groups", "--", .. command];

    /// <summary>Gives files and folders to the account.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken, params IEnumerable<string> paths)
    {
        if (UserName is not null)
        {
            await ShortCommand.RunAsync(["chown", "-hR", $"{UserName}:{UserName}", "--", .. paths], null, cancellationToken);
        }
    }

    /// <summary>Whether the account can walk into a folder: one below <c>/root</c>, say, is closed to service accounts.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancellationToken) =>
        UserName is null
        || (await ShortCommand.TryRunAsync(Command("test", "-x", folder), null, cancellationToken)).ExitCode == 0;
}
