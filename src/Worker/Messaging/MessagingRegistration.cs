using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Replay;
using MassTransit;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Messaging;

internal static class MessagingRegistration
{
    /// <summary>Everything of MassTransit stays in this folder, so that another client can take its place.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BrokerOptions>()
            .Bind(configuration.GetSection(BrokerOptions.Section))
            .Validate(broker => broker.IsUsable(), "RabbitMq:Uri must be amqp://user:password@host:port/vhost or amqps://.")
            .ValidateOnStart();
        services.AddOptions<IntakeOptions>().Bind(configuration.GetSection(IntakeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Refusals>();
        services.AddSingleton<ConfirmedPublisher>();
        services.AddSingleton<IOutcomePublisher, MassTransitPublisher>();
        services.AddSingleton<IReplayPublisher, ReplayPublisher>();
        services.AddSingleton<ReplayDeliveries>();
        services.AddSingleton<IntakeBudgets>();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<RawEventConsumer>();
            bus.AddConsumer<ReplayConsumer>();
            bus.AddConsumer<ReturnedEventConsumer>();
            bus.UsingRabbitMq(Configure);
        });
        services.RemoveMassTransitHostedService();
        services.AddHostedService<BrokerService>();
        return services;
    }

    private static void Configure(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator bus)
    {
        var intake = context.GetRequiredService<IOptions<IntakeOptions>>().Value;
        bus.Host(new Uri(context.GetRequiredService<IOptions<BrokerOptions>>().Value.Uri), host => host.ConnectionName("ecg-worker"));
        bus.ClearSerialization();
        bus.AddSerializer(new ContractSerializer());
        bus.AddDeserializer(new ContractSerializer(), isDefault: true);
        ConfigureOutcomes(bus);
        bus.ConnectPublishObserver(context.GetRequiredService<Refusals>());
        bus.ConnectSendObserver(context.GetRequiredService<Refusals>());
        ReplayPublisher.Configure(bus);
        bus.ReceiveEndpoint(BrokerNames.Returned, endpoint =>
        {
            TakeRaw(endpoint);
            endpoint.SetQueueArgument("x-delivery-limit", BrokerNames.ReturnedDeliveryLimit);
            endpoint.BindDeadLetterQueue(BrokerNames.Dead, BrokerNames.Dead, dead => dead.SetQuorumQueue());
            endpoint.PrefetchCount = 1;
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.ConfigureConsumer<ReturnedEventConsumer>(context);
        });
        ReceiveEndpoint<RawEventConsumer>(BrokerNames.StatQueue, intake.StatConcurrency, EventNames.ReceivedStat);
        ReceiveEndpoint<RawEventConsumer>(BrokerNames.RoutineQueue, intake.RoutineConcurrency, EventNames.ReceivedRoutine);
        ReceiveEndpoint<ReplayConsumer>(BrokerNames.ReplayQueue, intake.ReplayConcurrency, EventNames.Replay, EventNames.ReplayRequested);

        void ReceiveEndpoint<TConsumer>(string queue, int concurrency, params string[] routingKeys)
            where TConsumer : class, IConsumer => bus.ReceiveEndpoint(queue, endpoint =>
        {
            TakeRaw(endpoint);
            endpoint.SetQueueArgument("x-delivery-limit", BrokerNames.DeliveryLimit);
            endpoint.SetQueueArgument("x-dead-letter-exchange", BrokerNames.Returned);
            endpoint.PrefetchCount = concurrency;
            endpoint.ConcurrentMessageLimit = concurrency;
            foreach (var routingKey in routingKeys)
            {
                endpoint.Bind(EventNames.Exchange, binding =>
                {
                    binding.ExchangeType = ExchangeType.Topic;
                    binding.RoutingKey = routingKey;
                });
            }

            endpoint.ConfigureConsumer<TConsumer>(context);
        });
    }

    /// <summary>No topology and no error queues of MassTransit's: a fault returns the message to its queue.</summary>
    private static void TakeRaw(IRabbitMqReceiveEndpointConfigurator endpoint)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PublishFaults = false;
        endpoint.ThrowOnSkippedMessages();
        endpoint.RethrowFaultedMessages();
        endpoint.SetQuorumQueue();
    }

    private static void ConfigureOutcomes(IRabbitMqBusFactoryConfigurator bus)
    {
        bus.Message<StudyOutcome>(message => message.SetEntityName(EventNames.Exchange));
        bus.Publish<StudyOutcome>(publish => publish.ExchangeType = ExchangeType.Topic);
        bus.Send<StudyOutcome>(send => send.UseRoutingKeyFormatter(context => EventNames.RoutingKey(context.Message)));
        bus.Message<DeadLetterNotice>(message => message.SetEntityName(BrokerNames.Dead));
        bus.Publish<DeadLetterNotice>(publish =>
        {
            publish.ExchangeType = ExchangeType.Fanout;
            // MassTransit takes a type that is not public for a temporary one.
            publish.Durable = true;
            publish.AutoDelete = false;
        });
    }
}
