using EcgIntegration.Persistence.Models;
using EcgIntegration.TestKit;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Models;

public sealed class ModelRolesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string First = Ecgs.Hash("first");
    private static readonly string Second = Ecgs.Hash("second");

    private readonly MigratedDatabase _database = new(postgres);

    private IModelRoles Roles => _database.Get<IModelRoles>();

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task No_model_has_a_role_at_first()
    {
        var roles = await Roles.CurrentAsync(TestEnd);

        Assert.Equal((null, null), (roles.Active.Sha256, roles.Shadow.Sha256));
        Assert.Empty(await Roles.HistoryAsync(10, TestEnd));
    }

    [Fact]
    public async Task A_change_is_the_current_role_and_history_keeps_who_when_why_from_and_to()
    {
        var one = await AssignAsync(ModelRole.Active, First, "validated on 1,000 ECGs");
        _database.Time.Advance(TimeSpan.FromHours(1));
        await AssignAsync(ModelRole.Shadow, Second, "to be compared");
        var two = await AssignAsync(ModelRole.Active, Second, "fewer misses");
        await AssignAsync(ModelRole.Shadow, null, "compared");

        var roles = await Roles.CurrentAsync(TestEnd);
        Assert.Equal(new ModelAssignment(Second, "name of it", Ecgs.At.AddHours(1)), roles.Active);
        Assert.Null(roles.Shadow.Sha256);
        Assert.Equal(new ModelRoleChange(ModelRole.Active, null, First, "name of it", Ecgs.At, "tanaka@shell", "validated on 1,000 ECGs"), one);
        Assert.Equal((First, Second), (two!.FromSha256, two.ToSha256));
        var history = await Roles.HistoryAsync(10, TestEnd);
        Assert.Equal([(Second, null), (First, Second), (null, Second), (null, First)], history.Select(change => (change.FromSha256, change.ToSha256)));
        Assert.Equal(2, (await Roles.HistoryAsync(2, TestEnd)).Count);
    }

    [Fact]
    public async Task The_same_model_again_changes_nothing()
    {
        await AssignAsync(ModelRole.Active, First, "once");
        _database.Time.Advance(TimeSpan.FromHours(1));

        Assert.Null(await AssignAsync(ModelRole.Active, First, "twice"));
        Assert.Equal(Ecgs.At, (await Roles.CurrentAsync(TestEnd)).Active.Since);
        Assert.Single(await Roles.HistoryAsync(10, TestEnd));
    }

    [Fact]
    public async Task Changes_that_race_follow_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AssignAsync(ModelRole.Active, Ecgs.Hash($"m{i % 4}"), $"{i}")));

        var history = await Roles.HistoryAsync(100, TestEnd);
        Assert.Equal(history[0].ToSha256, (await Roles.CurrentAsync(TestEnd)).Active.Sha256);
        Assert.Null(history[^1].FromSha256);
        Assert.All(history.Zip(history.Skip(1)), pair => Assert.Equal(pair.Second.ToSha256, pair.First.FromSha256));
        Assert.All(history, change => Assert.NotEqual(change.FromSha256, change.ToSha256));
    }

    [Theory]
    [InlineData("UPDATE model_role_history SET why = 'other'")]
    [InlineData("DELETE FROM model_role_history")]
    [InlineData("TRUNCATE model_role_history")]
    [InlineData("DELETE FROM model_role")]
    public async Task History_is_neither_changed_nor_removed(string statement)
    {
        await AssignAsync(ModelRole.Active, First, "why");

        var e = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync(statement));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, e.SqlState);
    }

    [Fact]
    public async Task A_change_must_say_why() =>
        await Assert.ThrowsAsync<ArgumentException>(() => AssignAsync(ModelRole.Active, First, " "));

    private Task<ModelRoleChange?> AssignAsync(ModelRole role, string? sha256, string why) =>
        Roles.AssignAsync(new(role, sha256, sha256 is null ? null : "name of it", "tanaka@shell", why), TestEnd);
}
