using EcgIntegration.Persistence.Replay;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary>A wish whose selection never ends is refused, and does not hold the replay queue for ever.</summary>
public sealed class SlowSelectionTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    [Fact]
    public async Task It_is_tried_a_few_times_and_then_refused_with_its_reason()
    {
        FaultyService<IReplayJobs>? jobs = null;
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync(services => FaultyService<IReplayJobs>.Install(
            services, nameof(IReplayJobs.SubmitAsync), faults: 1000, fault: () => new ReplaySelectionSlowException(), made: faulty => jobs = faulty));
        await using var listener = await ReplayListener.ConnectAsync(bench.Broker.AmqpUri);
        var id = Guid.NewGuid();

        await listener.PublishAsync($$"""{"eventId": "{{id}}", "sourceSystem": "ops", "all": true, "why": "everything"}""");
        var answer = await listener.FinishedAsync(id.ToString());

        Assert.Equal("rejected", answer.GetProperty("state").GetString());
        Assert.Equal("replay-selection-slow", answer.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.Equal(3, jobs!.Faults);
    }
}
