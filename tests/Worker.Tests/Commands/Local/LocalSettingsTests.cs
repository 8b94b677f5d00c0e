using EcgIntegration.Worker.Commands;
using EcgIntegration.Worker.Commands.Local;

namespace EcgIntegration.Worker.Tests.Commands.Local;

public sealed class LocalSettingsTests
{
    private static readonly LocalWorker.Launched Launched = new(
        "build", new Dictionary<string, string> { ["Security:Token"] = "hidden-word" }, new Dictionary<string, string> { ["ECG_RabbitMq__Uri"] = "amqp://a" });

    [Fact]
    public void What_the_worker_was_started_with_holds_where_the_environment_does_not_speak_of_it()
    {
        var remembered = new Dictionary<string, string> { ["Security:Token"] = "hidden-word", ["RabbitMq:Uri"] = "amqp://elsewhere" };

        var settings = new LocalSettings(remembered);

        Assert.Equal(("hidden-word", "amqp://elsewhere"), (settings.Token, settings.RabbitMq));
        Assert.Superset(new HashSet<string> { "Security:Token", "RabbitMq:Uri" }, settings.Kept.ToHashSet());
        Assert.Null(new LocalSettings(new Dictionary<string, string> { ["Security:Token"] = "" }).Token);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("Database=hidden-word")]
    [InlineData("postgresql://hidden-word")]
    [InlineData("Host=x;Port=hidden-word")]
    public void A_connection_string_that_is_none_is_a_sentence_that_does_not_repeat_it(string text)
    {
        var message = Assert.Throws<CommandException>(() => LocalSettings.AsUri(text)).Message;

        Assert.StartsWith("Postgres:ConnectionString must be", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_a_worker_is_replaced_names_settings_and_not_their_values()
    {
        Assert.Null(WorkerChange.Between(Launched, Launched with { Settings = new Dictionary<string, string>(Launched.Settings) }));
        Assert.Equal("it is of another build", WorkerChange.Between(Launched, Launched with { Build = "other" })!.Value.En);
        var settings = new Dictionary<string, string> { ["Security:Token"] = "other-word", ["Intake:MaxAttempts"] = "3" };
        var (en, ja) = WorkerChange.Between(Launched, Launched with { Settings = settings })!.Value;
        Assert.Equal("other settings are given for Intake:MaxAttempts, Security:Token", en);
        Assert.DoesNotContain("word", en + ja, StringComparison.Ordinal);
        var servers = new Dictionary<string, string> { ["ECG_RabbitMq__Uri"] = "amqp://b" };
        Assert.Contains("RabbitMQ", WorkerChange.Between(Launched, Launched with { Servers = servers })!.Value.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_a_worker_is_not_ready_names_the_servers_it_waits_for()
    {
        const string postgres = "postgresql://user:hidden-word@db.example:5433/ecg";

        Assert.Equal(
            "it waits for PostgreSQL at db.example:5433 and RabbitMQ",
            new WorkerHealth(false, ["database", "masstransit-bus"], []).Explain(postgres, null).En);
        Assert.Equal("it does not answer yet", new WorkerHealth(false, [], []).Explain(postgres, null).En);
    }
}
