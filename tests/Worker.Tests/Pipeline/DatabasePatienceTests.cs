using System.Net.Sockets;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Pipeline;

public sealed class DatabasePatienceTests
{
    public static TheoryData<Exception, int, string> Faults => new()
    {
        { new NpgsqlException("x", new SocketException()), 1201, "The database does not answer (NpgsqlException); attempt 1 " },
        { new PostgresException("x", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown), 1201, "The database does not answer (PostgresException); attempt 1 " },
        { new InvalidOperationException("x", new NpgsqlException("y", new IOException())), 1201, "The database does not answer (InvalidOperationException); attempt 1 " },
        { new SocketException(), 1202, "The broker does not answer (SocketException); attempt 1 " },
        { new TimeoutException(), 1202, "The broker does not answer (TimeoutException); attempt 1 " },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task The_log_says_what_is_away(Exception fault, int eventId, string sentence)
    {
        var log = new Recorder();
        var attempts = 0;

        await new DatabasePatience(TimeProvider.System, log).ExecuteAsync(
            _ => attempts++ == 0 ? throw fault : ValueTask.CompletedTask, TestContext.Current.CancellationToken);

        Assert.Equal(2, attempts);
        var (id, text) = Assert.Single(log.Lines);
        Assert.Equal(eventId, id);
        Assert.StartsWith(sentence, text, StringComparison.Ordinal);
    }

    private sealed class Recorder : ILogger<DatabasePatience>
    {
        public List<(int Id, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((eventId.Id, formatter(state, exception)));
    }
}
