using System.Net;
using System.Net.Sockets;
using EcgIntegration.LocalServers.Processes;
using EcgIntegration.TestKit;
using Npgsql;

namespace EcgIntegration.LocalServers.Tests;

public sealed class PrivatePostgresTests(PostgresFixture shared) : IAsyncDisposable
{
    private static readonly PrivateServerOptions Options = new() { Durable = false, EndsWithStarter = true };
    private static readonly PrivateServerOptions Lasting = new() { Durable = false };

    private readonly TemporaryFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await PrivatePostgres.StopAsync(_folder.Path, CancellationToken.None);
        _folder.Dispose();
    }

    [Fact]
    public async Task Starting_twice_is_starting_once()
    {
        var first = await PrivatePostgres.StartAsync(_folder.Path, Lasting, TestContext.Current.CancellationToken);
        var second = await PrivatePostgres.StartAsync(_folder.Path, Lasting, TestContext.Current.CancellationToken);

        Assert.Equal(first.Process, second.Process);
        Assert.Equal(first.ConnectionString, second.ConnectionString);
        Assert.Equal(first.Process, PrivatePostgres.FindRunning(_folder.Path)?.Process);
    }

    [Fact]
    public async Task Data_survive_a_kill_and_a_lock_file_that_names_another_server()
    {
        var other = await shared.GetAsync();
        var server = await PrivatePostgres.StartAsync(_folder.Path, TestContext.Current.CancellationToken);
        await ExecuteAsync(server, "CREATE TABLE kept (i int)");
        await ExecuteAsync(server, "INSERT INTO kept VALUES (7)");
        Assert.True(server.Process.Signal(ProcessSignal.Kill));
        await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var lockFile = Directory.EnumerateFiles(_folder.Path, "postmaster.pid", SearchOption.AllDirectories).Single();
        var lines = File.ReadAllLines(lockFile);
        File.WriteAllLines(lockFile, [$"{other.ProcessId}", .. lines.Skip(1)]);

        var again = await PrivatePostgres.StartAsync(_folder.Path, TestContext.Current.CancellationToken);

        Assert.NotEqual(server.ProcessId, again.ProcessId);
        Assert.Equal(server.ConnectionString, again.ConnectionString);
        Assert.Equal(7, await ExecuteAsync(again, "SELECT i FROM kept"));
        Assert.True(other.Process.IsAlive);
    }

    [Fact]
    public async Task Another_program_on_the_port_moves_the_server_not_its_data()
    {
        var before = await PrivatePostgres.StartAsync(_folder.Path, Lasting, TestContext.Current.CancellationToken);
        await ExecuteAsync(before, "CREATE TABLE kept (i int)");
        Assert.True(await PrivatePostgres.StopAsync(_folder.Path, TestContext.Current.CancellationToken));
        using var squatter = new TcpListener(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(before.ConnectionString).Port);
        squatter.Start();

        var after = await PrivatePostgres.StartAsync(_folder.Path, Lasting, TestContext.Current.CancellationToken);

        Assert.NotEqual(before.ConnectionString, after.ConnectionString);
        Assert.Equal(0L, await ExecuteAsync(after, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task It_listens_on_loopback_and_lets_nobody_in_without_the_password()
    {
        var server = await shared.GetAsync();
        var open = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "wrong", Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(open);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(TestContext.Current.CancellationToken));

        Assert.Equal("28P01", refusal.SqlState);
        Assert.Equal("scram-sha-256", await ExecuteAsync(server, "SHOW password_encryption"));
        var addresses = ProcessTable.Listening(server.ProcessId);
        Assert.NotEmpty(addresses);
        Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address.Address), address.ToString()));
    }

    [Fact]
    public async Task Nothing_is_left_after_dispose()
    {
        var server = await PrivatePostgres.StartAsync(_folder.Path, Options, TestContext.Current.CancellationToken);
        Assert.NotEmpty(ProcessTable.Naming(_folder.Path));

        await server.DisposeAsync();

        Assert.Empty(ProcessTable.Naming(_folder.Path));
        Assert.False(Directory.Exists(_folder.Path));
    }

    [Fact]
    public async Task Nothing_is_left_after_the_starter_was_killed()
    {
        using var temporary = new TemporaryFolder();
        using var starter = Starter.Launch(_folder.Path, temporary.Path);
        var ready = _folder.File("ready");
        await Eventually.TrueAsync("the starter has its server", () => File.Exists(ready) || starter.HasExited);
        Assert.NotEmpty(ProcessTable.Naming(_folder.Path));

        starter.Kill();

        await Eventually.TrueAsync("its server is gone", () => ProcessTable.Naming(_folder.Path) is [] && !Directory.Exists(_folder.Path));
    }

    [Fact]
    public async Task A_folder_closed_to_the_servers_account_keeps_its_data_elsewhere()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root starts servers under another account.");
        var closed = Directory.CreateTempSubdirectory("ecg-test-closed-").FullName;
        string data;
        await using (var server = await PrivatePostgres.StartAsync(closed, Options, TestContext.Current.CancellationToken))
        {
            Assert.Equal(1, await ExecuteAsync(server, "SELECT 1"));
            data = ProcessTable.Arguments(server.ProcessId).First(argument => argument.StartsWith('/') && Directory.Exists(argument));
            Assert.StartsWith("/var/tmp/ecg-postgres-", data, StringComparison.Ordinal);
            Assert.NotEmpty(ProcessTable.Naming(data));
        }

        Assert.Empty(ProcessTable.Naming(data));
    }

    private static async Task<object?> ExecuteAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
