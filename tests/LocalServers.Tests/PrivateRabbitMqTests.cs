using System.Net;
using EcgIntegration.LocalServers.Processes;
using EcgIntegration.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.LocalServers.Tests;

public sealed class PrivateRabbitMqTests(RabbitMqFixture shared) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await PrivateRabbitMq.StopAsync(_folder.Path, CancellationToken.None);
        _folder.Dispose();
    }

    [Fact]
    public async Task Messages_survive_kills_and_nothing_survives_the_stop()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var mark = Path.Combine(_folder.Path, "rabbitmq");
        var server = await PrivateRabbitMq.StartAsync(_folder.Path, cancellation);
        await using (var connection = await ConnectAsync(server.AmqpUri))
        await using (var channel = await connection.CreateChannelAsync(new(true, true), cancellation))
        {
            await channel.QueueDeclareAsync("kept", durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellation);
            await channel.BasicPublishAsync("", "kept", mandatory: true, new BasicProperties { Persistent = true }, "x"u8.ToArray(), cancellation);
        }

        // A confirmed message is on disk at once, a new queue after a moment, or when the node is told to write down what it knows.
        await server.ControlAsync(cancellation, "-q", "eval", "dumped = mnesia:dump_log().");

        // The node alone, then the port mapper alone: each is mended.
        Assert.True(server.Process.Signal(ProcessSignal.Kill));
        await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10), cancellation);
        var again = await PrivateRabbitMq.StartAsync(_folder.Path, cancellation);
        Assert.Equal(server.AmqpUri, again.AmqpUri);
        Assert.NotEqual(server.ProcessId, again.ProcessId);
        var mapper = PortMapper();
        Assert.True(mapper.Signal(ProcessSignal.Kill));
        await mapper.WaitForExitAsync(TimeSpan.FromSeconds(10), cancellation);
        var third = await PrivateRabbitMq.StartAsync(_folder.Path, cancellation);
        Assert.Equal(again.Process, third.Process);
        Assert.True(PortMapper().IsAlive);

        await using (var connection = await ConnectAsync(third.AmqpUri))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: cancellation))
        {
            Assert.Equal(1u, (await channel.QueueDeclarePassiveAsync("kept", cancellation)).MessageCount);
        }

        Assert.NotEmpty(ProcessTable.Inheriting(mark));
        Assert.True(await PrivateRabbitMq.StopAsync(_folder.Path, cancellation));
        Assert.Empty(ProcessTable.Inheriting(mark));
        Assert.Empty(ProcessTable.Naming(_folder.Path));
        Assert.False(await PrivateRabbitMq.StopAsync(_folder.Path, cancellation));

        ProcessIdentity PortMapper() => ProcessScan.WithEnvironment($"ECG_PRIVATE_RABBITMQ={mark}")
            .Single(process => File.ReadAllText($"/proc/{process.ProcessId}/comm").Trim() == "epmd");
    }

    [Fact]
    public async Task It_knows_no_guest_and_listens_on_loopback()
    {
        var server = await shared.GetAsync();
        var guest = new UriBuilder(server.AmqpUri) { UserName = "guest", Password = "guest" }.Uri;

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(guest));
        var addresses = ProcessTable.Listening(server.ProcessId);
        Assert.True(addresses.Count >= 2, "AMQP and distribution at least");
        Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address.Address), address.ToString()));
    }

    [Fact]
    public async Task Its_queues_can_be_listed()
    {
        var server = await shared.GetAsync();
        await using var connection = await ConnectAsync(server.AmqpUri);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await channel.QueueDeclareAsync("listed", durable: false, exclusive: false, cancellationToken: TestContext.Current.CancellationToken);

        var queues = await server.ListQueuesAsync(TestContext.Current.CancellationToken);

        Assert.Contains(new QueueDepth("listed", Messages: 0, Consumers: 0), queues);
    }

    private static Task<IConnection> ConnectAsync(Uri address) =>
        new ConnectionFactory { Uri = address }.CreateConnectionAsync(TestContext.Current.CancellationToken);
}
