using EcgIntegration.Worker.Classification;
using Microsoft.Extensions.Logging.Abstractions;

namespace EcgIntegration.Worker.Tests.Classification;

/// <summary>Many submitters of both priorities at once, with faults, poison and cancellations: nobody gets another's result.</summary>
public sealed class MicroBatcherStormTests
{
    private const int Items = 4000;
    private const int Free = -1;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Item_i_gets_result_i_and_no_buffer_is_touched_after_its_task(int seed)
    {
        var overwritten = 0;
        var running = 0;
        var together = 0;
        var ran = new int[Items];
        await using var batcher = new MicroBatcher<int[], int>(Run, 16, TimeSpan.FromMilliseconds(1), 64, TimeProvider.System, NullLogger.Instance);

        // Each submitter keeps one buffer and uses it again for its next item, as a pool would.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(submitter => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + submitter);
            var buffer = new int[1];
            var counts = new Dictionary<string, int>();
            for (var item = submitter; item < Items; item += 40)
            {
                Volatile.Write(ref buffer[0], item);
                using var giveUp = new CancellationTokenSource();
                if (random.Next(4) == 0)
                {
                    giveUp.CancelAfter(TimeSpan.FromMilliseconds(random.Next(4)));
                }

                string outcome;
                try
                {
                    Assert.Equal(item * 3, await batcher.SubmitAsync(buffer, PriorityOf(submitter), giveUp.Token));
                    outcome = "result";
                }
                catch (OperationCanceledException)
                {
                    outcome = "given up";
                }
                catch (ArithmeticException e)
                {
                    Assert.Equal($"fault {item}", e.Message);
                    outcome = "fault";
                }
                catch (InvalidOperationException)
                {
                    Assert.True(IsPoison(item));
                    outcome = "poison";
                }

                Volatile.Write(ref buffer[0], Free);
                counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
            }

            return counts;
        })));

        var total = outcomes.SelectMany(counts => counts).GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Sum(entry => entry.Value));
        Assert.Equal(Items, total.Values.Sum());
        Assert.All(["result", "fault", "poison"], kind => Assert.True(total.GetValueOrDefault(kind) > 0, kind));
        Assert.Equal(0, Volatile.Read(ref overwritten));
        Assert.Equal(0, Volatile.Read(ref together));
        Assert.True(ran.Count(times => times > 0) >= total["result"] + total["fault"] + total["poison"]);

        async ValueTask<IReadOnlyList<ItemOutcome<int>>> Run(IReadOnlyList<int[]> buffers, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref running) != 1)
            {
                Interlocked.Increment(ref together);
            }

            var before = buffers.Select(buffer => Volatile.Read(ref buffer[0])).ToArray();
            if (before[0] % 3 == 0)
            {
                await Task.Delay(1, cancellationToken);
            }
            else
            {
                await Task.Yield();
            }

            foreach (var (buffer, item) in buffers.Zip(before))
            {
                if (item == Free || Volatile.Read(ref buffer[0]) != item)
                {
                    Interlocked.Increment(ref overwritten);
                }
                else
                {
                    Interlocked.Increment(ref ran[item]);
                }
            }

            Interlocked.Decrement(ref running);
            return before.Any(IsPoison)
                ? throw new InvalidOperationException("poison")
                : [.. before.Select(item => item % 17 == 0 ? (ItemOutcome<int>)new ArithmeticException($"fault {item}") : item * 3)];
        }
    }

    /// <summary>A third of the submitters is in no hurry.</summary>
    private static WindowPriority PriorityOf(int submitter) => submitter % 3 == 0 ? WindowPriority.Background : WindowPriority.Foreground;

    private static bool IsPoison(int item) => item % 101 == 7;
}
