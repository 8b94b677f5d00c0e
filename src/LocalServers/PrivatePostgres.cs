using EcgIntegration.LocalServers.Processes;
using Npgsql;

namespace EcgIntegration.LocalServers;

/// <summary>
/// A PostgreSQL server of our own: Debian's programs, a folder and a loopback port that nothing else uses, random
/// passwords. The system's own server, if there is one, is never touched.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Administrator = "postgres";
    private const string Name = "ecg";
    private const int StartAttempts = 5;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    private readonly string _folder;
    private readonly Keeper? _keeper;

    private PrivatePostgres(string folder, State state, ProcessIdentity process, Keeper? keeper)
    {
        _folder = folder;
        _keeper = keeper;
        Process = process;
        LogFile = ServerFolder.Find(folder)!.File("postgres.log");
        ConnectionString = ConnectionTo(state, Name, state.Password, Name);
        AdministratorConnectionString = ConnectionTo(state, Administrator, state.AdministratorPassword, "postgres");
        Uri = $"postgresql://{Name}:{state.Password}@127.0.0.1:{state.Port}/{Name}";
    }

    /// <summary>Connection to the database <c>ecg</c> as its owner, in Npgsql's form.</summary>
    public string ConnectionString { get; }

    /// <summary>Connection as superuser, in Npgsql's form: for tests that create databases and end connections.</summary>
    public string AdministratorConnectionString { get; }

    /// <summary>The same as <see cref="ConnectionString"/> as a <c>postgresql://</c> address.</summary>
    public string Uri { get; }

    /// <summary>The postmaster.</summary>
    public ProcessIdentity Process { get; }

    /// <summary>What it logs; readable by the server's account and by root.</summary>
    public string LogFile { get; }

    /// <summary>The postmaster's process id.</summary>
    public int ProcessId => Process.ProcessId;

    /// <summary>Starts a durable server that outlives this process; see the other overload.</summary>
    public static Task<PrivatePostgres> StartAsync(string folder, CancellationToken cancellationToken) =>
        StartAsync(folder, new PrivateServerOptions(), cancellationToken);

    /// <summary>
    /// Makes sure that the server of a folder runs and answers: an existing one is found again, a killed one is started
    /// on its data, a new one is created.
    /// </summary>
    /// <param name="folder">Kept between runs; created if need be.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">Gives up; what was started is ended.</param>
    /// <exception cref="PrivateServerException">It cannot be started; the message says why.</exception>
    public static async Task<PrivatePostgres> StartAsync(string folder, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        await DebianPackages.EnsureAsync(DebianPackages.Postgres, options.Progress, cancellationToken);
        var account = ServerAccount.For("postgres");
        var place = await ServerFolder.PrepareAsync(folder, "postgres", account, cancellationToken);
        using var held = await place.LockAsync(cancellationToken);

        var state = place.Read<State>();
        if (state?.Process is { IsAlive: true } running && await AnswersAsync(state, running, options, cancellationToken))
        {
            return new(folder, state, running, keeper: null);
        }

        await EndAllAsync(place, state?.Process, cancellationToken);
        if (state is null || !Directory.Exists(place.File("db")))
        {
            state = await CreateAsync(place, account, options, cancellationToken);
        }

        for (var attempt = 1; ; attempt++)
        {
            var port = attempt == 1 && FreePort.IsFree(state.Port) ? state.Port : FreePort.Take(1)[0];
            var process = Launch(place, account, port, options);
            state = state with { Port = port, Process = process };
            place.Write(state);
            var keeper = options.EndsWithStarter ? Keeper.Watch(place.Folders, (ProcessSignal.Interrupt, process)) : null;
            if (await AnswersAsync(state, process, options, cancellationToken))
            {
                await EnsureDatabaseAsync(state, cancellationToken);
                return new(folder, state, process, keeper);
            }

            await EndAllAsync(place, process, cancellationToken);
            if (attempt == StartAttempts)
            {
                throw new PrivateServerException($"PostgreSQL does not start: {place.File("postgres.log")} says why.");
            }
        }
    }

    /// <summary>The server of a folder, if it runs.</summary>
    public static PrivatePostgres? FindRunning(string folder) =>
        ServerFolder.Find(folder)?.Read<State>() is { Process: { IsAlive: true } process } state ? new(folder, state, process, keeper: null) : null;

    /// <summary>Ends the server of a folder, gracefully if it can; its data stay.</summary>
    /// <returns>False where none was running.</returns>
    public static async Task<bool> StopAsync(string folder, CancellationToken cancellationToken)
    {
        if (ServerFolder.Find(folder) is not { } place)
        {
            return false;
        }

        using var held = await place.LockAsync(cancellationToken);
        return await EndAllAsync(place, place.Read<State>()?.Process, cancellationToken);
    }

    /// <summary>Ends the server; with <see cref="PrivateServerOptions.EndsWithStarter"/> its folder goes, too.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await StopAsync(_folder, CancellationToken.None);
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
        }
    }

    private static async Task<State> CreateAsync(
        ServerFolder place, ServerAccount account, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        var state = new State(FreePort.Take(1)[0], Password.New(), Password.New(), Process: null);
        var passwordFile = place.File("password");
        var unfinished = place.File("db.new");
        OwnedFile.Write(passwordFile, state.AdministratorPassword + "\n");
        await account.TakeAsync(cancellationToken, passwordFile);
        try
        {
            // Created aside and renamed, so that a folder named db is always a whole one.
            await ShortCommand.RunAsync(account.Command("rm", "-rf", "--", unfinished), null, cancellationToken);
            await ShortCommand.RunAsync(
                account.Command(
                    [
                        Program("initdb"), "-D", unfinished, "-U", Administrator, "--auth=scram-sha-256", $"--pwfile={passwordFile}",
                        "--encoding=UTF8", "--locale=C.UTF-8", .. options.Durable ? Array.Empty<string>() : ["--no-sync"],
                    ]),
                null,
                cancellationToken);
            place.Write(state);
            Directory.Move(unfinished, place.File("db"));
        }
        finally
        {
            File.Delete(passwordFile);
        }

        return state;
    }

    private static ProcessIdentity Launch(ServerFolder place, ServerAccount account, int port, PrivateServerOptions options)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories=", "max_connections=200", "timezone=UTC",

            // Statements and the details of a broken constraint carry values, which may be a patient's.
            "log_error_verbosity=terse", "log_min_error_statement=panic",
            .. options.Durable ? Array.Empty<string>() : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
        ];
        return DetachedProcess.Start(
            account,
            [Program("postgres"), "-D", place.File("db"), .. settings.SelectMany(setting => new[] { "-c", setting })],
            ShortCommand.BaseEnvironment,
            place.Data,
            place.File("postgres.log"));
    }

    private static async Task<bool> AnswersAsync(
        State state, ProcessIdentity process, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        var connectionString = ConnectionTo(state, Administrator, state.AdministratorPassword, "postgres") + ";Pooling=false;Timeout=5";
        return await Readiness.WaitAsync(
            process,
            options.StartLimit,
            async () =>
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(cancellationToken);
            },
            cancellationToken);
    }

    private static async Task EnsureDatabaseAsync(State state, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(
            ConnectionTo(state, Administrator, state.AdministratorPassword, "postgres") + ";Pooling=false");
        await using (var exists = source.CreateCommand("SELECT 1 FROM pg_database WHERE datname = $1"))
        {
            exists.Parameters.AddWithValue(Name);
            if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
            {
                return;
            }
        }

        // The password is ours, letters and digits: DDL takes no parameters.
        foreach (var statement in new[]
        {
            $"DROP ROLE IF EXISTS {Name}", $"CREATE ROLE {Name} LOGIN CREATEDB PASSWORD '{state.Password}'", $"CREATE DATABASE {Name} OWNER {Name}",
        })
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<bool> EndAllAsync(ServerFolder place, ProcessIdentity? process, CancellationToken cancellationToken)
    {
        var ran = process is { IsAlive: true };
        if (ran)
        {
            await process!.EndAsync(ProcessSignal.Interrupt, StopPatience, cancellationToken);
        }

        // Every process of a server works in its database folder. What is left of a killed one would keep the next from starting.
        foreach (var stray in ProcessScan.WorkingIn(place.File("db")))
        {
            ran = true;
            await stray.EndAsync(ProcessSignal.Interrupt, StopPatience, cancellationToken);
        }

        // The id in a killed server's lock file may by now be another server's, which would be taken for this one.
        var lockFile = place.File(Path.Combine("db", "postmaster.pid"));
        if (File.Exists(lockFile))
        {
            File.Delete(lockFile);
        }

        return ran;
    }

    private static string Program(string name) => Path.Combine(DebianPackages.PostgresPrograms!, name);

    private static string ConnectionTo(State state, string user, string password, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = state.Port,
        Username = user,
        Password = password,
        Database = database,
    }.ConnectionString;

    private sealed record State(int Port, string AdministratorPassword, string Password, ProcessIdentity? Process);
}
