using EcgIntegration.TestKit;
using Npgsql;
using RabbitMQ.Client;

[assembly: AssemblyFixture(typeof(PostgresFixture))]
[assembly: AssemblyFixture(typeof(RabbitMqFixture))]

namespace EcgIntegration.LocalServers.Tests;

public sealed class FixtureTests(PostgresFixture postgres, RabbitMqFixture rabbitMq)
{
    [Fact]
    public async Task A_test_gets_a_database_of_its_own()
    {
        await using var one = await postgres.CreateDatabaseAsync();
        await using var other = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(one.ConnectionString);
        await using var command = source.CreateCommand("CREATE TABLE t (i int); SELECT current_database()");

        Assert.Equal(one.Name, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual(one.Name, other.Name);
    }

    [Fact]
    public async Task A_test_gets_a_virtual_host_of_its_own()
    {
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        var factory = new ConnectionFactory { Uri = host.AmqpUri };
        await using var connection = await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        var queue = await channel.QueueDeclareAsync("ecg.intake.stat", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0u, queue.MessageCount);
    }
}
