using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Tests.Messaging;

public sealed class IntakeBudgetTests
{
    private const long Capacity = 1 << 20;

    private readonly IntakeBudget _budget = new(Capacity);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_does_not_fit_waits_and_goes_in_its_turn()
    {
        var first = await _budget.TakeAsync(Capacity / 2, Stop).Soon();
        var large = _budget.TakeAsync(Capacity, Stop);
        var small = _budget.TakeAsync(1, Stop);
        Assert.False(large.IsCompleted || small.IsCompleted);

        first.Dispose();
        first.Dispose();
        var running = await large.Soon();
        Assert.False(small.IsCompleted);
        running.Dispose();
        (await small.Soon()).Dispose();
    }

    [Fact]
    public async Task A_body_larger_than_the_budget_is_worked_on_alone()
    {
        var whole = await _budget.TakeAsync(Capacity * 40, Stop).Soon();
        var next = _budget.TakeAsync(1, Stop);
        Assert.False(next.IsCompleted);
        whole.Dispose();
        (await next.Soon()).Dispose();
    }

    [Fact]
    public async Task A_stat_event_does_not_wait_for_routine_ones()
    {
        var budgets = new IntakeBudgets(Options.Create(new IntakeOptions { MaxBytesInWork = Capacity }));
        using var routine = await budgets.Of(EventPriority.Routine).TakeAsync(Capacity, Stop).Soon();
        var next = budgets.Of(EventPriority.Routine).TakeAsync(1, Stop);

        (await budgets.Of(EventPriority.Stat).TakeAsync(Capacity, Stop).Soon()).Dispose();
        Assert.False(next.IsCompleted);
        routine.Dispose();
        (await next.Soon()).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_waiting_holds_nobody_up()
    {
        var first = await _budget.TakeAsync(Capacity / 2, Stop).Soon();
        using var impatience = new CancellationTokenSource();
        var large = _budget.TakeAsync(Capacity, impatience.Token);
        var small = _budget.TakeAsync(Capacity / 2, Stop);
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.Soon());
        (await small.Soon()).Dispose();
        first.Dispose();
        (await _budget.TakeAsync(Capacity, Stop).Soon()).Dispose();
    }

    [Fact]
    public async Task It_never_hands_out_more_than_there_is()
    {
        long taken = 0;
        long most = 0;
        await Task.WhenAll(Enumerable.Range(1, 400).Select(i => Task.Run(async () =>
        {
            var bytes = i * 7919L % Capacity;
            using (await _budget.TakeAsync(bytes, Stop))
            {
                var now = Interlocked.Add(ref taken, bytes);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Add(ref taken, -bytes);
            }
        }, Stop))).Soon();

        Assert.InRange(most, 1, Capacity);
        Assert.Equal(0, taken);
    }

    private static void InterlockedMax(ref long place, long value)
    {
        for (var seen = Volatile.Read(ref place); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref place, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
