using System.Diagnostics;
using System.Globalization;

namespace EcgIntegration.LocalServers;

/// <summary>
/// Debian's programs that this product is run and tested with. A missing package is installed; the package's own instance of the server is neither
/// started nor enabled, and servers that run already are left alone.
/// </summary>
public static class DebianPackages
{
    /// <summary>Package with the PostgreSQL server.</summary>
    public const string Postgres = "postgresql";

    /// <summary>Package with the RabbitMQ server.</summary>
    public const string RabbitMq = "rabbitmq-server";

    /// <summary>Package with Node.js's package manager, and with it Node.js.</summary>
    public const string Npm = "npm";

    internal const string RabbitMqPrograms = "/usr/lib/rabbitmq/bin";
    private const string PostgresVersions = "/usr/lib/postgresql";

    // policy-rc.d is Debian's way to keep packages from starting their services. One that is there already is respected
    // as far as it forbids; ours carries a mark, so that one left by a killed installation is recognised and removed.
    private const string Script = """
        set -eu
        policy=/usr/sbin/policy-rc.d
        mark='# put here by ecg while it installs packages'
        if [ -e "$policy" ] && grep -qxF "$mark" "$policy"; then rm -f "$policy"; fi
        if [ -e "$policy" ]; then
            answer=0; "$policy" "$1" start || answer=$?
            [ $answer -eq 101 ] || { echo "$policy lets services start"; exit 1; }
        else
            trap 'rm -f "$policy"' EXIT
            trap 'exit 1' INT TERM HUP
            printf '#!/bin/sh\n%s\nexit 101\n' "$mark" > "$policy"
            chmod 755 "$policy"
        fi
        mapper=epmd.socket
        [ ! -e /usr/bin/epmd ] || mapper=
        export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
        install="apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends $1"
        $install || { apt-get -q update && $install; }
        systemctl disable "$1" || true
        [ "$1" != rabbitmq-server ] || systemctl disable $mapper || true
        """;

    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>Folder with the newest PostgreSQL server's programs, or <see langword="null"/> where none is installed.</summary>
    internal static string? PostgresPrograms => Directory.Exists(PostgresVersions)
        ? Directory.EnumerateDirectories(PostgresVersions)
            .Where(version => File.Exists(Path.Combine(version, "bin", "postgres")))
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .FirstOrDefault()
        : null;

    /// <summary>Installs a package where its programs are missing.</summary>
    /// <param name="package"><see cref="Postgres"/>, <see cref="RabbitMq"/> or <see cref="Npm"/>.</param>
    /// <param name="progress">Receives what is being done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PrivateServerException">It is missing and cannot be installed.</exception>
    public static async Task EnsureAsync(string package, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (IsInstalled(package))
        {
            return;
        }

        await OneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!IsInstalled(package))
            {
                await InstallAsync(package, progress, cancellationToken);
            }
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static bool IsInstalled(string package) => package switch
    {
        Postgres => PostgresPrograms is not null,
        RabbitMq => File.Exists(Path.Combine(RabbitMqPrograms, "rabbitmq-server")),
        _ => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, package))),
    };

    private static async Task InstallAsync(string package, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/apt-get"))
        {
            throw new PrivateServerException($"{package} is not installed, and only Debian's can be installed from here: install it, run Docker, or point the configuration at a server.");
        }

        progress?.Invoke($"Installing the Debian package {package} …");
        string[] shell = ["/bin/sh", "-c", Script, "sh", package];
        string[] command = Environment.IsPrivilegedProcess ? shell : ["sudo", .. shell];
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        string? last = null;
        var reading = Task.WhenAll(
            ReadLinesAsync(process.StandardOutput, line => last = line),
            ReadLinesAsync(process.StandardError, line => last = line));
        await process.WaitForExitAsync(cancellationToken);
        await reading;
        if (process.ExitCode != 0 || !IsInstalled(package))
        {
            throw new PrivateServerException($"apt-get could not install {package} ({last}): install it as root with: apt-get install {package}");
        }
    }

    private static async Task ReadLinesAsync(StreamReader reader, Action<string> receive)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                receive(line.Trim());
            }
        }
    }
}
