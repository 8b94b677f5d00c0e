using System.Collections.Concurrent;
using MassTransit;
using RabbitMqRefusal = RabbitMQ.Client.Exceptions.PublishException;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Hears of the broker's negative confirms, which MassTransit keeps to itself while it tries again.</summary>
internal sealed class Refusals : IPublishObserver, ISendObserver
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _watched = new();

    /// <summary>Watches a message until the watch is disposed.</summary>
    public Watching Watch(Guid messageId) => new(this, messageId);

    public Task PrePublish<T>(PublishContext<T> context) where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context) where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception) where T : class => NoteAsync(context.MessageId, exception);

    public Task PreSend<T>(SendContext<T> context) where T : class => Task.CompletedTask;

    public Task PostSend<T>(SendContext<T> context) where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception) where T : class => NoteAsync(context.MessageId, exception);

    private Task NoteAsync(Guid? messageId, Exception fault)
    {
        if (messageId is { } id && IsRefusal(fault) && _watched.TryGetValue(id, out var watched))
        {
            watched.TrySetResult();
        }

        return Task.CompletedTask;
    }

    private static bool IsRefusal(Exception? fault) =>
        fault is MessageNotAcknowledgedException or RabbitMqRefusal { IsReturn: false } || (fault is not null && IsRefusal(fault.InnerException));

    /// <summary>One message that is watched.</summary>
    internal sealed class Watching : IDisposable
    {
        private readonly Refusals _refusals;
        private readonly Guid _messageId;

        public Watching(Refusals refusals, Guid messageId)
        {
            (_refusals, _messageId) = (refusals, messageId);
            var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            refusals._watched[messageId] = refused;
            Refused = refused.Task;
        }

        /// <summary>Ends when the broker has refused it.</summary>
        public Task Refused { get; }

        public void Dispose() => _refusals._watched.TryRemove(_messageId, out _);
    }
}
